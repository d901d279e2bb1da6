// Queries in each of the ways that jsforce offers: all pages at once, page by page, as a stream, by a builder.
import { byToken, refusal, tell } from './org.mjs';

const conn = byToken();
const soql = 'SELECT Id, Key__c, Account.Name, Account.Ext__c, Score__c FROM Contact ORDER BY Key__c';

const all = await conn.query(soql, { autoFetch: true, maxFetch: 10000 });

let page = await conn.query(soql);
const pages = [page.records.length];
while (!page.done) {
  page = await conn.queryMore(page.nextRecordsUrl);
  pages.push(page.records.length);
}

const streamed = await new Promise((resolve, reject) => {
  let n = 0;
  conn.query(soql).on('record', () => n++).on('end', () => resolve(n)).on('error', reject).run({ autoFetch: true, maxFetch: 10000 });
});

const built = await conn.sobject('Contact')
  .find({ $or: [{ Key__c: 'k0001' }, { Key__c: { $in: ['k0002', "z'3"] } }], Email: { $like: 'p%' } }, { Key__c: 1 })
  .sort({ Key__c: -1 }).limit(5).execute();
const count = await conn.sobject('Contact').count({ Key__c: { $gt: 'k0009' } });

tell({
  total: all.totalSize, done: all.done, got: all.records.length,
  first: all.records[0], last: all.records.at(-1).Key__c,
  pages, streamed, built: built.map((r) => r.Key__c), count,
  wrong: await refusal(() => conn.query('SELECT Nothing__c FROM Contact')),
});
