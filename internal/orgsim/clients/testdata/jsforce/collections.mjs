// More rows than a call takes: jsforce splits them when it may.
import { byToken, rows, tell } from './org.mjs';

const conn = byToken();
const contact = conn.sobject('Contact');
const split = { allowRecursive: true };

const made = await contact.create(rows(450, (i, n) => ({ LastName: `Last ${n}`, Key__c: `k${n}`, Email: i === 7 ? 'no mail' : `p${n}@x.example` })), split);
const ids = made.filter((r) => r.success).map((r) => r.id);
const updated = await contact.update(ids.map((Id, i) => ({ Id, Title: `Title ${i}` })), split);
const upserted = await contact.upsert(rows(401, (_, n) => ({ Key__c: `k${n}`, LastName: `Upserted ${n}`, Account: { Ext__c: 'acme' } })), 'Key__c', split);
const read = await contact.retrieve([...ids.slice(0, 300), '003000000000000AAA']);
const whole = await contact.update([{ Id: ids[0], FirstName: 'Undone' }, { Id: ids[1], Email: 'no mail' }], { allOrNone: true });
const gone = await contact.destroy(ids.slice(0, 250), split);
const goneAgain = await contact.destroy(ids.slice(0, 1));

const failures = (results) => results.filter((r) => !r.success);
tell({
  made: made.length, madeFailures: failures(made), ids,
  updated: updated.length, updateFailures: failures(updated),
  upserted: upserted.length, created: upserted.filter((r) => r.created).length, upsertFailures: failures(upserted),
  read: read.map((r) => r && r.Key__c), whole, gone: gone.length, goneFailures: failures(gone), goneAgain,
});
