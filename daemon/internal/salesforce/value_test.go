package salesforce_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func TestValue(t *testing.T) {
	t.Parallel()
	type kind struct{ omit, null, text, number, boolean bool }
	for name, tc := range map[string]struct {
		value salesforce.Value
		kind  kind
		text  string
	}{
		"zero":       {salesforce.Value{}, kind{omit: true}, ""},
		"omit":       {salesforce.Omit(), kind{omit: true}, ""},
		"null":       {salesforce.Null(), kind{null: true}, ""},
		"text":       {salesforce.Text("a\r\nb"), kind{text: true}, "a\nb"},
		"empty text": {salesforce.Text(""), kind{null: true}, ""},
		"number":     {salesforce.Number("1.50"), kind{number: true}, "1.50"},
		"true":       {salesforce.Bool(true), kind{boolean: true}, "true"},
		"false":      {salesforce.Bool(false), kind{boolean: true}, "false"},
	} {
		v := tc.value
		got := kind{v.IsOmit(), v.IsNull(), v.IsText(), v.IsNumber(), v.IsBool()}
		if got != tc.kind || v.String() != tc.text {
			t.Errorf("%s: got %+v %q, want %+v %q", name, got, v.String(), tc.kind, tc.text)
		}
	}
	if salesforce.Text("1") == salesforce.Number("1") {
		t.Error("a text equals a number")
	}
}
