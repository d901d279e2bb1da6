// One record through its life, and what is refused on the way.
import { byToken, refusal, tell } from './org.mjs';

const conn = byToken();
const contact = conn.sobject('Contact');
const made = await contact.create({ LastName: "O'Brien", Email: 'Ann@X.example', Key__c: 'a/b #1', Score__c: 1.25, Active__c: true, Account: { Ext__c: 'acme' } });
const read = await contact.retrieve(made.id);
const some = await conn.sobject('Contact').retrieve(made.id, { fields: ['Id', 'Email'] });
await contact.update({ Id: made.id, Title: 'Boss', Email: null });
const updated = await contact.upsert({ Key__c: 'k1', LastName: 'Upserted' }, 'Key__c');
const again = await contact.upsert({ Key__c: 'k1', FirstName: 'Again' }, 'Key__c');

const refused = {
  required: await refusal(() => contact.create({ FirstName: 'No' })),
  field: await refusal(() => contact.create({ LastName: 'x', Nothing__c: 1 })),
  picklist: await refusal(() => contact.update({ Id: made.id, Status__c: 'Gone' })),
  parent: await refusal(() => contact.create({ LastName: 'x', Account: { Ext__c: 'nobody' } })),
  duplicate: await refusal(() => contact.create({ LastName: 'x', Key__c: 'K1' })),
  missing: await refusal(() => contact.retrieve('003000000000000AAA')),
};
const gone = await contact.destroy(made.id);
refused.deleted = await refusal(() => contact.destroy(made.id));
tell({ made, read, some, updated, again, gone, refused });
