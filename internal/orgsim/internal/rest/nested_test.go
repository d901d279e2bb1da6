package rest_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestParentsByKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	acme := b.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "A1"})
	part := b.insert("Part__c", map[string]string{"Ext__c": "p1", "Account__c": acme})
	for name, test := range map[string]struct {
		object, members, field, want string
	}{
		"standard":             {"Contact", `"LastName":"x","Account":{"Ext__c":"a1"}`, "AccountId", acme},
		"with attributes last": {"Contact", `"LastName":"x","Account":{"Ext__c":"A1","attributes":{"type":"Account"}}`, "AccountId", acme},
		"by id":                {"Contact", `"LastName":"x","Account":{"Id":"` + acme + `"}`, "AccountId", acme},
		"custom":               {"Contact", `"LastName":"x","Parent__r":{"Ext__c":"p1"}`, "Parent__c", part},
		"none":                 {"Contact", `"LastName":"x","Parent__r":null`, "Parent__c", ""},
		"master":               {"Part__c", `"Account__r":{"Ext__c":"A1"}`, "Account__c", acme},
		"one of several types": {"Task", `"Subject":"x","What":{"attributes":{"type":"Account"},"Ext__c":"A1"}`, "WhatId", acme},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := b.do(http.MethodPost, data+"/sobjects/"+test.object, "{"+test.members+"}").id()
			if got := b.value(test.object, id, test.field); got != test.want {
				t.Errorf("%s is %q, want %q", test.field, got, test.want)
			}
		})
	}
}

func TestParentsByKeyRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, test := range map[string]struct {
		object, members, code, message string
	}{
		"no such key":            {"Contact", `"Account":{"Ext__c":"0116"}`, "INVALID_FIELD", "Foreign key external ID: 0116 not found for field Ext__c in entity Account"},
		"null as key":            {"Contact", `"Account":{"Ext__c":null}`, "INVALID_FIELD", "Foreign key external ID:"},
		"two keys":               {"Contact", `"Account":{"Ext__c":"a","Id":"b"}`, "INVALID_FIELD", "More than 1 field provided in an external foreign key reference in entity: Account: [Ext__c, Id]"},
		"no key":                 {"Contact", `"Account":{}`, "INVALID_FIELD", "No field provided"},
		"no lookup field":        {"Contact", `"Account":{"Phone":"1"}`, "INVALID_FIELD", "Field name provided, Phone does not match an External ID"},
		"an unknown field":       {"Contact", `"Account":{"Nope":"1"}`, "INVALID_FIELD", "No such column 'Nope' on sobject of type Account"},
		"no object":              {"Contact", `"Account":"A1"`, "JSON_PARSER_ERROR", "Cannot deserialize"},
		"another type":           {"Contact", `"Account":{"attributes":{"type":"Contact"},"Email":"a@b.c"}`, "INVALID_TYPE", "does not lead to Contact"},
		"type missing":           {"Task", `"What":{"Ext__c":"A1"}`, "JSON_PARSER_ERROR", "must have an attributes field before any other fields"},
		"type behind the key":    {"Task", `"What":{"Ext__c":"A1","attributes":{"type":"Account"}}`, "JSON_PARSER_ERROR", "must have an attributes field before any other fields"},
		"an unknown type":        {"Task", `"What":{"attributes":{"type":"Nope"},"Ext__c":"A1"}`, "INVALID_TYPE", "sObject type 'Nope' is not supported"},
		"key and id of the same": {"Contact", `"AccountId":null,"Account":{"Ext__c":"A1"}`, "INVALID_FIELD", "both an external ID reference"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := b.do(http.MethodPost, data+"/sobjects/"+test.object, `{"LastName":"x",`+test.members+"}")
			if test.object == "Task" {
				a = b.do(http.MethodPost, data+"/sobjects/Task", `{"Subject":"x",`+test.members+"}")
			}
			if message := a.refused(http.StatusBadRequest, test.code); !strings.Contains(message, test.message) {
				t.Errorf("message %q", message)
			}
		})
	}
}
