package value_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
)

// fuzz feeds any bytes to the readings of some fields. Whatever is taken has to stay what it is, read from a report
// again and read from the org.
func fuzz(f *testing.F, fields []salesforce.Field, seeds ...string) {
	f.Helper()
	var forms []*value.Form
	for _, field := range fields {
		field.Name = "F"
		for _, name := range []string{"UTC", "Australia/Lord_Howe"} {
			forms = append(forms, form(f, field, value.Options{Zone: zone(f, name)}))
		}
	}
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, f := range forms {
			f.FromOrg(text)
			once, err := f.FromReport(text)
			if err != nil {
				continue
			}
			if twice, err := f.FromReport(once); err != nil || twice != once {
				t.Errorf("%s: %q became %q and then %q (%v)", f.Type, text, once, twice, err)
			}
			if once == "" {
				once = f.Null()
			}
			if back := f.FromOrg(once); back != once {
				t.Errorf("%s: %q is %q, and stored %q", f.Type, text, once, back)
			}
		}
	})
}

func FuzzText(f *testing.F) {
	fuzz(f, []salesforce.Field{{Type: salesforce.TypeString, Length: 10}, {Type: salesforce.TypeTextArea}, {Type: salesforce.TypeEmail, Length: 20}},
		" a b\r\n", "\u00a0", "Ann.O'Hara@Example.COM", "\xffÉ@x.y", "🙂🙂🙂🙂🙂🙂", "\x00")
}

func FuzzNumber(f *testing.F) {
	fuzz(f, []salesforce.Field{
		{Type: salesforce.TypeDouble, Precision: 18, Scale: 4}, {Type: salesforce.TypePercent, Precision: 3, Scale: 3},
		{Type: salesforce.TypeInt}, {Type: salesforce.TypeCurrency, Precision: 5},
	}, "5.0", "-0.0", "9.12260031E8", "1e-9999", "+.5", "-007.50", "2147483648", "999.9995", "--", "1e", "-00.5")
}

func FuzzMoment(f *testing.F) {
	fuzz(f, []salesforce.Field{{Type: salesforce.TypeDate}, {Type: salesforce.TypeDateTime}, {Type: salesforce.TypeTime}},
		"2026-02-29", "2026-11-10 08:50:00.836030", "2026-05-01T07:25:37.000+0000", "2026-04-05 01:45:00", "1700-01-01T00:00:00+14:00", "17:30:45,1Z")
}

func FuzzChoice(f *testing.F) {
	values := []string{"a", "In Progress", "Ä"}
	fuzz(f, []salesforce.Field{
		{Type: salesforce.TypeBoolean}, {Type: salesforce.TypePicklist, Length: 10}, {Type: salesforce.TypeMultiPicklist, Length: 20},
		{Type: salesforce.TypePicklist, RestrictedPicklist: true, PicklistValues: values, PicklistLabels: []string{"A", "Running"}},
		{Type: salesforce.TypeMultiPicklist, RestrictedPicklist: true, PicklistValues: values},
		{Type: salesforce.TypeReference}, {Type: salesforce.TypeID},
	}, "yes", "In Progress;a", "running", "a;;\r;a", "003ak00000luKU1AAM", "003ak00000luKU1")
}

func FuzzKey(f *testing.F) {
	var keys []*value.Key
	for _, field := range []salesforce.Field{
		{Name: "K", Type: salesforce.TypeString, Length: 20}, {Name: "K", Type: salesforce.TypeEmail, Length: 40},
		{Name: "K", Type: salesforce.TypeDouble, Precision: 8, Scale: 2}, {Name: "K", Type: salesforce.TypeID},
	} {
		keys = append(keys, key(f, field, value.KeyOptions{}), key(f, field, value.KeyOptions{FieldTransform: chain(f, "lower", "sha256_hex")}))
	}
	for _, seed := range []string{"Ab", "Ann@Example.com", "1.50", "003000000000001", "\u212a", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, k := range keys {
			k.FromOrg(text)
			row, err := k.FromReport(text)
			if err != nil {
				continue
			}
			if again, err := k.FromReport(row); err != nil || again != row {
				t.Errorf("%s: key %q is %q, and then %q (%v)", k.Field().Type, text, row, again, err)
			}
			if k.Searchable() && k.FromOrg(row) != k.Fold(row) {
				t.Errorf("%s: key %q is not found by its own value: %q", k.Field().Type, row, k.FromOrg(row))
			}
		}
	})
}
