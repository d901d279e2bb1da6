// What the org says of its objects, with jsforce's own cache in between.
import { byToken, tell } from './org.mjs';

const conn = byToken();
const all = await conn.describeGlobal();
const contact = await conn.sobject('Contact').describe();
const cached = await conn.sobject('Contact').describe$();
const custom = await conn.sobject('Subscription__c').describe();
const pick = (f) => ({ name: f.name, type: f.type, externalId: f.externalId, referenceTo: f.referenceTo, picklist: f.picklistValues.map((v) => v.value) });
tell({
  objects: all.sobjects.map((o) => o.name), batch: all.maxBatchSize,
  keyPrefix: contact.keyPrefix, urls: contact.urls, fields: contact.fields.map(pick),
  cached: cached.fields.length, custom: custom.fields.map(pick), customLabel: custom.label,
});
