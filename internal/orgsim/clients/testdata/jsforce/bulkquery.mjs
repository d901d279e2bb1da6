// Bulk API 2.0 query: the records as a stream of objects.
import { byToken, refusal, tell } from './org.mjs';

const conn = byToken();
conn.bulk2.pollInterval = 50;
conn.bulk2.pollTimeout = 60000;
const stream = await conn.bulk2.query('SELECT Id, Key__c, Account.Name, Note__c, Score__c FROM Contact');
const records = await stream.toArray();
const refused = await refusal(() => conn.bulk2.query('SELECT COUNT() FROM Contact'));
tell({ got: records.length, distinct: new Set(records.map((r) => r.Id)).size, special: records.find((r) => r.Key__c === 'zz'), refused });
