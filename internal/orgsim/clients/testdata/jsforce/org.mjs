// What every script needs: connections to the org that the test started, and a way to tell what came of it.
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The packages stand in the folder of the clients, not beside this file.
const require = createRequire(join(process.env.CLIENTS, 'package.json'));
const jsforce = require('jsforce');

const version = '60.0';
const instanceUrl = process.env.ORG_URL;

/** A connection by a token that somebody else got. */
export function byToken(accessToken = process.env.ORG_TOKEN) {
  return new jsforce.Connection({ instanceUrl, accessToken, version });
}

/** The connected app, as a client knows it. */
export function oauth2(more = {}) {
  return { loginUrl: instanceUrl, clientId: process.env.ORG_CLIENT_ID, clientSecret: process.env.ORG_CLIENT_SECRET, ...more };
}

/** A connection that logs in by itself, with what jsforce.Connection takes besides. */
export function connection(more) {
  return new jsforce.Connection({ version, ...more });
}

/** Ends the script with its outcome, which the test reads. */
export function tell(outcome) {
  process.stdout.write(JSON.stringify(outcome));
}

/** What an operation was refused with; an operation that succeeds is an error. */
export async function refusal(operation) {
  try {
    await operation();
  } catch (e) {
    return { code: e.errorCode ?? e.name, message: e.message };
  }
  throw new Error('was not refused');
}

/** Rows 0 to n-1, as make makes them. */
export function rows(n, make) {
  return Array.from({ length: n }, (_, i) => make(i, String(i).padStart(4, '0')));
}
