// Asks who it is with nothing but a token: the version's root names the address for that.
import { byToken, connection, oauth2, refusal, tell } from './org.mjs';

const accessToken = process.env.ORG_TOKEN;
const conn = connection({ oauth2: oauth2(), instanceUrl: process.env.ORG_URL, accessToken });
const identity = await conn.identity();
const bad = await refusal(() => byToken('00D000000000000!nothing').query('SELECT Id FROM Contact'));
await conn.logout();
const after = await refusal(() => byToken().query('SELECT Id FROM Contact'));
tell({ username: identity.username, org: identity.organization_id, user: identity.user_id, bad: bad.code, after: after.code });
