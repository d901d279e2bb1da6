// Bulk API 2.0: loads by each operation, with a row that fails, then deletes what it made.
import { byToken, refusal, rows, tell } from './org.mjs';

const conn = byToken();
conn.bulk2.pollInterval = 50;
conn.bulk2.pollTimeout = 60000;
const load = (operation, input, more = {}) => conn.bulk2.loadAndWaitForResults({ object: 'Contact', operation, input, ...more });

const inserted = await load('insert', rows(1500, (i, n) => ({ LastName: `Last, "${n}"`, Key__c: `k${n}`, Email: i === 7 ? 'no mail' : `p${n}@x.example`, Note__c: 'two\nlines' })));
const ids = inserted.successfulResults.map((r) => r.sf__Id);
const updated = await load('update', ids.map((Id) => ({ Id, Title: 'Boss', Email: null })));
// jsforce writes a column Id of empty cells before the key.
const upserted = await load('upsert', [{ Key__c: 'k0000', LastName: 'Again' }, { Key__c: 'new', LastName: 'New' }], { externalIdFieldName: 'Key__c' });
const csv = await load('insert', 'LastName,Account.Ext__c\nBy CSV,acme\nWrong,nobody\n');
const deleted = await load('delete', ids.slice(0, 10).map((Id) => ({ Id })));
const failed = await refusal(() => load('insert', [{ LastName: 'x', Nothing__c: 'y' }]));

tell({
  inserted: ids.length, insertFailures: inserted.failedResults, sample: inserted.successfulResults.find((r) => r.Key__c === 'k0001'),
  unprocessed: inserted.unprocessedRecords, updated: updated.successfulResults.length, updateFailures: updated.failedResults,
  upserted: upserted.successfulResults, upsertFailures: upserted.failedResults,
  csv: csv.successfulResults, csvFailures: csv.failedResults, deleted: deleted.successfulResults.length, failed,
});
