// Logs in by authorization code with PKCE: prints the address for the user's browser, reads from standard
// input the code that the browser came back with, and calls on after the access token has ended.
import { createInterface } from 'node:readline/promises';
import { connection, oauth2, refusal, tell } from './org.mjs';

const conn = connection({ oauth2: oauth2({ redirectUri: process.env.ORG_REDIRECT, useVerifier: true }) });
const address = conn.oauth2.getAuthorizationUrl({ scope: 'api refresh_token', state: 's-1' });
process.stdout.write(address + '\n');
const input = createInterface({ input: process.stdin });
const code = (await input[Symbol.asyncIterator]().next()).value;

// jsforce sends the verifier by itself.
const user = await conn.authorize(code);
const first = conn.accessToken;
let refreshed = 0;
conn.on('refresh', () => refreshed++);
for (let i = 0; i < 8; i++) {
  await conn.query('SELECT Id FROM Contact LIMIT 1');
}
await conn.oauth2.revokeToken(conn.refreshToken);
const revoked = await refusal(() => conn.oauth2.refreshToken(conn.refreshToken));
const again = await refusal(() => conn.oauth2.requestToken(code));
input.close();
process.stdin.destroy();
tell({ user: user.id, org: user.organizationId, refreshed, renewed: first !== conn.accessToken, again, revoked });
