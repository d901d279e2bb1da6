package value_test

import (
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

var contact = &salesforce.Object{Name: "Contact", KeyPrefix: "003"}

func key(t fatal, f salesforce.Field, o value.KeyOptions) *value.Key {
	t.Helper()
	f.Filterable = true
	k, err := value.NewKey(contact, f, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeyFromReport(t *testing.T) {
	t.Parallel()
	text := salesforce.Field{Name: "K", Type: salesforce.TypeString, Length: 10}
	for _, tc := range []struct {
		field salesforce.Field
		cells []cell
	}{
		{text, []cell{
			{text: " Ab c ", want: "Ab c"},
			{text: "  ", want: ""},
			{text: "longer than it", refused: "14 characters, K takes 10"},
		}},
		{salesforce.Field{Name: "K", Type: salesforce.TypeEmail, Length: 80}, []cell{
			{text: " Ann@Example.com ", want: "ann@example.com"},
			{text: "acme_42", refused: "no e-mail address"},
		}},
		{salesforce.Field{Name: "K", Type: salesforce.TypeDouble, Precision: 6, Scale: 2}, []cell{
			{text: "1.50", want: "1.5"},
			{text: "+01.500", want: "1.5"},
			{text: "1.5E2", want: "150"},
			{text: "1500e-1", want: "150"},
			{text: "0e-9999", want: "0"},
			{text: "1.505", refused: `"1.505" has more decimal places than K`},
			{text: "1e-300", refused: "more decimal places"},
			{text: "1505E-3", refused: "more decimal places"},
			{text: "12345", refused: "too large"},
			{text: "one", refused: "no number"},
		}},
		{salesforce.Field{Name: "K", Type: salesforce.TypeInt, Digits: 8}, []cell{{text: "5.0", want: "5"}, {text: "5.5", refused: "more decimal places"}}},
		{salesforce.Field{Name: "K", Type: salesforce.TypePercent, Precision: 5, Scale: 1}, []cell{{text: "25.0", want: "25"}, {text: "25.04", refused: "more decimal places"}}},
		{salesforce.Field{Name: "K", Type: salesforce.TypeDate}, []cell{{text: " 2026-05-01 ", want: "2026-05-01"}, {text: "noon", refused: "no date"}}},
		{salesforce.Field{Name: "K", Type: salesforce.TypeCombobox, Length: 10}, []cell{{text: " Call ", want: "Call"}}},
		{salesforce.Field{Name: "K", Type: salesforce.TypePicklist, RestrictedPicklist: true, PicklistValues: []string{"Red"}}, []cell{
			{text: " Red ", want: "Red"},
			{text: "red", refused: "not one of the values"},
		}},
		{salesforce.Field{Name: "K", Type: salesforce.TypeReference}, []cell{{text: "001000000000001", want: "001000000000001AAA"}}},
		{salesforce.Field{Name: "Id", Type: salesforce.TypeID, Length: 18}, []cell{
			{text: "003000000000001", want: "003000000000001AAA"},
			{text: "001000000000001", refused: `"001000000000001" is the id of another kind of object: those of this one start with 003`},
			{text: "nonsense", refused: "no Salesforce id"},
		}},
	} {
		k := key(t, tc.field, value.KeyOptions{})
		if !k.Searchable() {
			t.Errorf("records can't be looked up by type %s", tc.field.Type)
		}
		for _, c := range tc.cells {
			got, err := k.FromReport(c.text)
			if c.refused != "" {
				c.want = strings.TrimSpace(c.text) // what can't be read
			}
			if got != c.want || (err != nil) != (c.refused != "") || err != nil && !strings.Contains(err.Error(), c.refused) {
				t.Errorf("key %q of type %s = %q, %v; want %q, %q", c.text, tc.field.Type, got, err, c.want, c.refused)
			}
		}
	}
}

func TestKeyTransform(t *testing.T) {
	t.Parallel()
	field := salesforce.Field{Name: "K", Type: salesforce.TypeString, Length: 43}
	k := key(t, field, value.KeyOptions{Transform: chain(t, "strip_prefix:acme_", "upper")})
	if got, err := k.FromReport("acme_b7c1"); got != "B7C1" || err != nil {
		t.Errorf("key = %q, %v", got, err)
	}
	if got := k.FromOrg("b7C1"); got != k.Fold("B7C1") || !k.Searchable() {
		t.Errorf("a record's key is %q, want it as Salesforce compares it", got)
	}
	none := key(t, field, value.KeyOptions{Transform: chain(t, `regex:\d+`, "sha256_base64")})
	if got, err := none.FromReport("x"); got != "" || err != nil {
		t.Errorf("a key of which nothing is left = %q, %v", got, err)
	}
}

func TestKeyFieldTransform(t *testing.T) {
	t.Parallel()
	email := salesforce.Field{Name: "Email", Type: salesforce.TypeEmail, Length: 20}
	const hashed = "74mfspXaTDKTms3ZLcRWct9L2QIYtOH7EbePEJTW3Mg" // of the first contact in the sample reports
	k := key(t, email, value.KeyOptions{FieldTransform: chain(t, "sha256_base64")})
	if got, err := k.FromReport(" " + hashed); got != hashed || err != nil {
		t.Errorf("a hash is no e-mail address, yet a key: %q, %v", got, err)
	}
	if k.Searchable() {
		t.Error("records can be looked up by a hash of their field")
	}
	if k.Fold(hashed) != hashed || k.FromOrg("") != "" {
		t.Error("case matters in hashes, and nothing has no hash")
	}
	if a, b := k.FromOrg("adam.br"), k.FromOrg(" Adam.br "); a != "LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY" || a != b {
		t.Errorf("hashes of what Salesforce stores: %q, %q", a, b)
	}
	// Salesforce prints one number in several ways.
	number := key(t, salesforce.Field{Name: "N", Type: salesforce.TypeDouble, Precision: 18}, value.KeyOptions{FieldTransform: chain(t, "sha256_hex")})
	if number.FromOrg("5.0") != number.FromOrg("5") {
		t.Error("the hash of a number depends on how it was printed")
	}
	trimmed := key(t, email, value.KeyOptions{FieldTransform: chain(t, "trim", "trim")})
	if !trimmed.Searchable() || trimmed.FromOrg("Ann@x.example") != trimmed.Fold("ann@x.example") {
		t.Error("a field transform that only trims is none")
	}
	unfiltered := salesforce.Field{Name: "Long__c", Type: salesforce.TypeTextArea, Length: 32000}
	if _, err := value.NewKey(contact, unfiltered, value.KeyOptions{FieldTransform: chain(t, "lower")}); err != nil {
		t.Errorf("every record is read, so the field need not be filterable: %v", err)
	}
}

func TestNewKeyRefuses(t *testing.T) {
	t.Parallel()
	for _, typ := range []salesforce.FieldType{
		salesforce.TypeBoolean, salesforce.TypeDateTime, salesforce.TypeTime, salesforce.TypeMultiPicklist,
		salesforce.TypeCurrency, salesforce.TypeAddress, salesforce.TypeEncrypted, "",
	} {
		_, err := value.NewKey(contact, salesforce.Field{Name: "K", Type: typ, Filterable: true}, value.KeyOptions{})
		if err == nil || !strings.Contains(err.Error(), "by which no record is found") {
			t.Errorf("type %q: %v", typ, err)
		}
	}
	_, err := value.NewKey(contact, salesforce.Field{Name: "K", Type: salesforce.TypeTextArea}, value.KeyOptions{})
	if err == nil || !strings.Contains(err.Error(), "not filterable") {
		t.Errorf("a field that is not filterable: %v", err)
	}
}

// The two rules of Salesforce for text: = in SOQL, and an upsert by an external id (Apex developer guide: upsert).
func TestKeyEquality(t *testing.T) {
	t.Parallel()
	plain := salesforce.Field{Name: "K", Type: salesforce.TypeString, Length: 40}
	external := plain
	external.ExternalID = true
	unique := external
	unique.Unique = true
	exact := unique
	exact.CaseSensitive = true
	sensitive := plain
	sensitive.CaseSensitive = true
	email := salesforce.Field{Name: "K", Type: salesforce.TypeEmail, Length: 40, ExternalID: true}
	id := salesforce.Field{Name: "K", Type: salesforce.TypeReference}
	for _, tc := range []struct {
		name      string
		field     salesforce.Field
		operation reportsync.Operation
		same      bool
	}{
		{"plain text, update", plain, reportsync.OperationUpdate, true},
		{"plain text, no operation", plain, "", true},
		{"plain text, upsert", plain, reportsync.OperationUpsert, true},
		{"case-sensitive but not unique, update", sensitive, reportsync.OperationUpdate, true},
		{"unique external id, update", unique, reportsync.OperationUpdate, true},
		{"external id, update", external, reportsync.OperationUpdate, true},
		{"external id, insert", external, reportsync.OperationInsert, true},
		{"external id, upsert", external, reportsync.OperationUpsert, false},
		{"unique external id, upsert", unique, reportsync.OperationUpsert, true},
		{"case-sensitive external id, update", exact, reportsync.OperationUpdate, false},
		{"case-sensitive external id, upsert", exact, reportsync.OperationUpsert, false},
		{"e-mail, upsert", email, reportsync.OperationUpsert, true},
	} {
		k := key(t, tc.field, value.KeyOptions{Operation: tc.operation})
		row, err := k.FromReport("Ab@c.example")
		if err != nil {
			t.Fatal(err)
		}
		if got := k.Fold(row) == k.FromOrg("aB@c.example"); got != tc.same {
			t.Errorf("%s: same = %t, want %t", tc.name, got, tc.same)
		}
	}
	k := key(t, id, value.KeyOptions{})
	if k.Fold("001000000000abcEAA") == k.FromOrg("001000000000aBc") {
		t.Error("ids that differ by case are different")
	}
}

// Letters that are not surely the same to Salesforce are kept apart, so that no wrong record is written.
func TestFoldBeyondASCII(t *testing.T) {
	t.Parallel()
	k := key(t, salesforce.Field{Name: "K", Type: salesforce.TypeString, Length: 40}, value.KeyOptions{})
	for _, pair := range [][2]string{{"ÉTÉ", "été"}, {"ΣΑ", "σα"}, {"ЖЁ", "жё"}, {"Ǆ", "ǆ"}, {"Straße", "straße"}, {"\u00c9a", "\u00e9A"}} {
		if k.Fold(pair[0]) != k.FromOrg(pair[1]) {
			t.Errorf("%q and %q differ by case alone", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{
		{"\u212a", "k"}, {"\u212b", "å"}, {"İ", "i"}, {"ı", "I"}, {"ẞ", "ß"}, {"SS", "ß"}, {"ſ", "s"}, {"ς", "σ"}, {"ǅ", "ǆ"},
		{"é", "e"}, {"e\u0301", "é"}, {"ﬁ", "fi"}, {"Ａ", "a"}, {"\xff", "\xfe"}, {"\xff", "\ufffd"}, {"A\xff", "a\ufffd"},
	} {
		if k.Fold(pair[0]) == k.FromOrg(pair[1]) {
			t.Errorf("%q and %q are taken for the same", pair[0], pair[1])
		}
	}
}

func TestKeyLiteral(t *testing.T) {
	t.Parallel()
	text := key(t, salesforce.Field{Name: "K", Type: salesforce.TypeString, Length: 40}, value.KeyOptions{})
	if got := text.Literal(`O'Neil\`); got != `'O\'Neil\\'` {
		t.Errorf("literal = %s", got)
	}
	number := key(t, salesforce.Field{Name: "K", Type: salesforce.TypeDouble, Precision: 6}, value.KeyOptions{})
	if got := number.Literal("-5"); got != "-5" {
		t.Errorf("literal = %s", got)
	}
	if number.Field().Name != "K" || number.Field().Precision != 6 {
		t.Errorf("field = %+v", number.Field())
	}
}
