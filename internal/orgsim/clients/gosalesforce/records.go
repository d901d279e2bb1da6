package main

import (
	"fmt"

	"github.com/k-capehart/go-salesforce/v3"
)

// contact has the fields that the scenarios write. The client sends them all,
// empty ones included.
type contact struct {
	ID       string `salesforce:"Id"`
	LastName string
	Key      string `salesforce:"Key__c"`
	Email    string
}

// found is a query's row with its parent.
type found struct {
	ID      string  `salesforce:"Id"`
	Key     string  `salesforce:"Key__c"`
	Score   float64 `salesforce:"Score__c"`
	Account *struct {
		Name string
	}
}

// selection is a query in the form of go-soql.
type selection struct {
	Fields selectedFields `soql:"selectClause,tableName=Contact"`
	Where  criteria       `soql:"whereClause"`
}

type selectedFields struct {
	ID       string `soql:"selectColumn,fieldName=Id" salesforce:"Id"`
	LastName string `soql:"selectColumn,fieldName=LastName" salesforce:"LastName"`
}

type criteria struct {
	Keys   []string `soql:"inOperator,fieldName=Key__c"`
	Prefix []string `soql:"likeOperator,fieldName=Email"`
}

func query(sf *salesforce.Salesforce) (any, error) {
	var all, parents []found
	if err := sf.Query("SELECT Id, Key__c FROM Contact", &all); err != nil {
		return nil, err
	}
	if err := sf.Query("SELECT Id, Key__c, Score__c, Account.Name FROM Contact WHERE Account.Ext__c = 'acme' AND CreatedDate = LAST_N_DAYS:2", &parents); err != nil {
		return nil, err
	}
	var built []selectedFields
	if err := sf.QueryStruct(selection{Where: criteria{Keys: []string{"k0003", "o'brien"}, Prefix: []string{"P00"}}}, &built); err != nil {
		return nil, err
	}
	return map[string]any{
		"all": all, "parents": parents, "built": built,
		"refused": refused(sf.Query("SELECT Nothing__c FROM Contact", &all)),
	}, nil
}

func record(sf *salesforce.Salesforce) (any, error) {
	made, err := sf.InsertOne("Contact", contact{LastName: "O'Brien", Key: "k1", Email: "Ann@X.example"})
	if err != nil {
		return nil, err
	}
	if err := sf.UpdateOne("Contact", map[string]any{"Id": made.Id, "Title": "Boss", "Email": nil}); err != nil {
		return nil, err
	}
	updated, err := sf.UpsertOne("Contact", "Key__c", map[string]any{"Key__c": "K1", "FirstName": "Ann"})
	if err != nil {
		return nil, err
	}
	created, err := sf.UpsertOne("Contact", "Key__c", contact{LastName: "New", Key: "k2"})
	if err != nil {
		return nil, err
	}
	_, missing := sf.InsertOne("Contact", map[string]any{"FirstName": "No"})
	if err := sf.DeleteOne("Contact", contact{ID: created.Id}); err != nil {
		return nil, err
	}
	return map[string]any{
		"made": made, "updated": updated, "created": created, "missing": refused(missing),
		"gone": refused(sf.DeleteOne("Contact", contact{ID: created.Id})),
	}, nil
}

// contacts makes rows; the one at index 7 has an address that is none.
func contacts(n int, name string) []contact {
	rows := make([]contact, n)
	for i := range rows {
		rows[i] = contact{LastName: fmt.Sprintf("%s %04d", name, i), Key: fmt.Sprintf("k%04d", i), Email: fmt.Sprintf("p%04d@x.example", i)}
	}
	if n > 7 {
		rows[7].Email = "no mail"
	}
	return rows
}

func collections(sf *salesforce.Salesforce) (any, error) {
	made, err := sf.InsertCollection("Contact", contacts(450, "Last"), 200)
	if err != nil {
		return nil, err
	}
	ids := succeeded(made)
	updates := make([]map[string]any, len(ids))
	for i, id := range ids {
		updates[i] = map[string]any{"Id": id, "Title": fmt.Sprintf("Title %d", i)}
	}
	updated, err := sf.UpdateCollection("Contact", updates, 200)
	if err != nil {
		return nil, err
	}
	upserted, err := sf.UpsertCollection("Contact", "Key__c", []map[string]any{
		{"Key__c": "k0000", "LastName": "Again"}, {"Key__c": "new", "LastName": "New"}, {"Key__c": "bad"},
	}, 200)
	if err != nil {
		return nil, err
	}
	gone := make([]contact, 0, 250)
	for _, id := range ids[:250] {
		gone = append(gone, contact{ID: id})
	}
	deleted, err := sf.DeleteCollection("Contact", gone, 200)
	if err != nil {
		return nil, err
	}
	return map[string]any{"made": made, "updated": updated, "upserted": upserted, "deleted": deleted, "ids": ids}, nil
}

// composite sends several collections in one request.
func composite(sf *salesforce.Salesforce) (any, error) {
	made, err := sf.InsertComposite("Contact", contacts(450, "Last"), 200, false)
	if err != nil {
		return nil, err
	}
	ids := succeeded(made)
	updates := make([]map[string]any, len(ids))
	for i, id := range ids {
		updates[i] = map[string]any{"Id": id, "Title": fmt.Sprintf("Title %d", i)}
	}
	updated, err := sf.UpdateComposite("Contact", updates, 200, true)
	if err != nil {
		return nil, err
	}
	upserted, err := sf.UpsertComposite("Contact", "Key__c", []map[string]any{
		{"Key__c": "k0000", "LastName": "Again"}, {"Key__c": "new", "LastName": "New"},
	}, 200, true)
	if err != nil {
		return nil, err
	}
	// One row that fails takes all the others back.
	rolledBack, err := sf.InsertComposite("Contact", []map[string]any{
		{"LastName": "Undone", "Key__c": "u1"}, {"FirstName": "No"},
	}, 1, true)
	if err != nil {
		return nil, err
	}
	deleted, err := sf.DeleteComposite("Contact", []contact{{ID: ids[0]}, {ID: ids[1]}}, 200, true)
	if err != nil {
		return nil, err
	}
	return map[string]any{"made": made, "updated": updated, "upserted": upserted, "rolledback": rolledBack, "deleted": deleted, "ids": ids}, nil
}

func succeeded(results salesforce.SalesforceResults) []string {
	var ids []string
	for _, r := range results.Results {
		if r.Success {
			ids = append(ids, r.Id)
		}
	}
	return ids
}

// sessions makes more calls than a session lives for.
func sessions(sf *salesforce.Salesforce) (any, error) {
	for range 12 {
		var rows []found
		if err := sf.Query("SELECT Id FROM Contact LIMIT 1", &rows); err != nil {
			return nil, err
		}
	}
	return map[string]any{"instance": sf.GetInstanceUrl(), "flow": sf.GetAuthFlow().String()}, nil
}
