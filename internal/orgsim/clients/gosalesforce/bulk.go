package main

import (
	"errors"
	"os"

	"github.com/k-capehart/go-salesforce/v3"
)

// results fetches what became of the rows of one job.
func results(sf *salesforce.Salesforce, ids []string, err error) (salesforce.BulkJobResults, error) {
	if err != nil {
		return salesforce.BulkJobResults{}, err
	}
	if len(ids) != 1 {
		return salesforce.BulkJobResults{}, errors.New("the rows were to go in one job")
	}
	return sf.GetJobResults(ids[0])
}

func bulk(sf *salesforce.Salesforce) (any, error) {
	ids, err := sf.InsertBulk("Contact", contacts(1500, "Last, \"quoted\""), 10_000, true)
	inserted, err := results(sf, ids, err)
	if err != nil {
		return nil, err
	}
	var updates, deletes []map[string]any
	for i, r := range inserted.SuccessfulRecords {
		updates = append(updates, map[string]any{"Id": r["sf__Id"], "Title": "Boss"})
		if i < 10 {
			deletes = append(deletes, map[string]any{"Id": r["sf__Id"]})
		}
	}
	ids, err = sf.UpdateBulk("Contact", updates, 10_000, true)
	updated, err := results(sf, ids, err)
	if err != nil {
		return nil, err
	}
	ids, err = sf.UpsertBulk("Contact", "Key__c", []map[string]any{
		{"Key__c": "k0000", "LastName": "Again"}, {"Key__c": "new", "LastName": "New"},
	}, 10_000, true)
	upserted, err := results(sf, ids, err)
	if err != nil {
		return nil, err
	}
	ids, err = sf.DeleteBulk("Contact", deletes, 10_000, true)
	deleted, err := results(sf, ids, err)
	if err != nil {
		return nil, err
	}
	_, failed := sf.InsertBulk("Contact", []map[string]any{{"LastName": "x", "Nothing__c": "y"}}, 10_000, true)
	return map[string]any{"inserted": inserted, "updated": updated, "upserted": upserted, "deleted": deleted, "failed": refused(failed)}, nil
}

func bulkFile(sf *salesforce.Salesforce) (any, error) {
	ids, err := sf.InsertBulkFile("Contact", os.Getenv("ORG_FILE"), 10_000, true)
	inserted, err := results(sf, ids, err)
	if err != nil {
		return nil, err
	}
	return map[string]any{"inserted": inserted}, nil
}

func bulkQuery(sf *salesforce.Salesforce) (any, error) {
	const soql = "SELECT Id, Key__c, Note__c, Account.Name FROM Contact"
	if err := sf.QueryBulkExport(soql, os.Getenv("ORG_FILE")); err != nil {
		return nil, err
	}
	type row struct {
		Key string `csv:"Key__c"`
	}
	rows, err := sf.QueryBulkIterator(soql)
	if err != nil {
		return nil, err
	}
	var keys []string
	pages := 0
	for rows.Next() {
		var page []row
		if err := rows.Decode(&page); err != nil {
			return nil, err
		}
		pages++
		for _, r := range page {
			keys = append(keys, r.Key)
		}
	}
	return map[string]any{"keys": keys, "pages": pages}, rows.Error()
}
