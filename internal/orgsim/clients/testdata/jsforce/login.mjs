// Logs in by client credentials and asks who it is; calls go on after the session has ended.
import { connection, oauth2, tell } from './org.mjs';

let logins = 0;
const conn = connection({
  oauth2: oauth2(),
  refreshFn: async (conn, done) => {
    try {
      logins++;
      const token = await conn.oauth2.requestToken({ grant_type: 'client_credentials' });
      done(null, token.access_token);
    } catch (e) {
      done(e);
    }
  },
});
const user = await conn.authorize({ grant_type: 'client_credentials' });
const identity = await conn.identity();
const limits = await conn.limits();
for (let i = 0; i < 12; i++) {
  await conn.query('SELECT Id FROM Contact LIMIT 1');
}
tell({
  user: user.id, org: user.organizationId, instance: conn.instanceUrl,
  username: identity.username, identityOrg: identity.organization_id, identityUser: identity.user_id,
  calls: limits.DailyApiRequests, usage: conn.limitInfo.apiUsage, logins,
});
