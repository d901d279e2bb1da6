package value_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

var fedTypes = []salesforce.FieldType{
	salesforce.TypeString, salesforce.TypeTextArea, salesforce.TypePhone, salesforce.TypeURL, salesforce.TypeCombobox, salesforce.TypeEmail,
	salesforce.TypeInt, salesforce.TypeDouble, salesforce.TypeCurrency, salesforce.TypePercent, salesforce.TypeBoolean, salesforce.TypeDate,
	salesforce.TypeDateTime, salesforce.TypeTime, salesforce.TypePicklist, salesforce.TypeMultiPicklist, salesforce.TypeReference, salesforce.TypeID,
}

// anyField draws a field of every kind with sizes of every kind.
func anyField(t *rapid.T) salesforce.Field {
	f := salesforce.Field{Name: "F", Type: rapid.SampledFrom(fedTypes).Draw(t, "type"), Filterable: true}
	f.Length = rapid.IntRange(0, 20).Draw(t, "length")
	f.Precision = rapid.IntRange(1, 18).Draw(t, "precision")
	f.Scale = rapid.IntRange(0, f.Precision).Draw(t, "scale")
	f.Digits = rapid.IntRange(0, 11).Draw(t, "digits")
	f.Unique, f.CaseSensitive, f.ExternalID = rapid.Bool().Draw(t, "unique"), rapid.Bool().Draw(t, "exact"), rapid.Bool().Draw(t, "external")
	if f.RestrictedPicklist = rapid.Bool().Draw(t, "restricted"); f.RestrictedPicklist {
		f.PicklistValues = []string{"a", "In Progress", "1"}
	}
	return f
}

func anyCell(t *rapid.T) string {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[ \t]?[+-]?\d{0,20}(\.\d{0,20})?([eE][+-]?\d{1,3})?[ \n]?`),
		rapid.StringMatching(`(1[6-9]|20|40)\d\d-(0[1-9]|1[0-2])-[0-3]\d([ T]([01]\d|2[0-4]):[0-5]\d:[0-5]\d([.,]\d{1,6})?(Z|[+-][012]\d:?[03]0)?)?`),
		rapid.StringMatching(`([01]\d|2[0-4]):[0-5]\d(:[0-5]\d(\.\d{0,6})?Z?)?`),
		rapid.StringMatching(`[A-Za-zéÉſK.+]{1,8}@[a-zA-Z.]{1,9}`),
		rapid.StringMatching(`[ab1;Z ]{1,12}`),
		rapid.SampledFrom([]string{"yes", "NO", "True", "0", "on", "In Progress;1", "003000000000001", "001000000000001AAA"}),
	).Draw(t, "cell")
}

func anyZone(t *rapid.T) *time.Location {
	return zone(t, rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"}).Draw(t, "zone"))
}

// Canonical values stay what they are when they are read once more from a report, and read back equal from Salesforce
// by its rules: otherwise a run would write the same rows for ever (invariant 8).
func TestCanonicalIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		field := anyField(t)
		f := form(t, field, value.Options{Zone: anyZone(t)})
		text := anyCell(t)
		once, err := f.FromReport(text)
		if err != nil {
			return // no value of the type
		}
		if twice, err := f.FromReport(once); err != nil || twice != once {
			t.Fatalf("%s: %q became %q and then %q (%v)", field.Type, text, once, twice, err)
		}
		sent := f.Value(once)
		if once == "" && field.Type == salesforce.TypeBoolean {
			once = f.Null()
		}
		if back := f.FromOrg(readBack(t, field, sent)); back != once {
			t.Fatalf("%s: sent %q, compared with %q", field.Type, once, back)
		}
		if again := f.FromOrg(once); again != once {
			t.Fatalf("%s: canonical %q is stored as %q", field.Type, once, again)
		}
	})
}

// What is taken for the same without being read is the same when it is read.
func TestPrints(t *testing.T) {
	t.Parallel()
	printed, plainly := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		field := anyField(t)
		f := form(t, field, value.Options{Zone: anyZone(t)})
		canonical, err := f.FromReport(anyCell(t))
		if err != nil || canonical == "" {
			return
		}
		answer := readBack(t, field, f.Value(canonical))
		if rapid.Bool().Draw(t, "another") {
			answer = canonical + rapid.SampledFrom([]string{"", ".0", ".000Z", "0", " ", ".00"}).Draw(t, "tail")
		}
		if appended := f.AppendFromOrg([]byte("x"), answer); string(appended) != "x"+f.FromOrg(answer) {
			t.Fatalf("%s: %q is appended as %q", field.Type, answer, appended)
		}
		printed++
		if !f.Prints([]byte(canonical), answer) {
			return
		}
		plainly++
		if read := f.FromOrg(answer); read != canonical {
			t.Fatalf("%s: %q is taken for %q, which is %q", field.Type, canonical, answer, read)
		}
	})
	if plainly*3 < printed {
		t.Errorf("of %d values %d were told without reading", printed, plainly)
	}
}

// readBack is what Salesforce's answers hold for a value that was sent: prints of its own for numbers and times.
func readBack(t *rapid.T, field salesforce.Field, sent salesforce.Value) string {
	text := sent.String()
	if sent.IsNull() {
		return ""
	}
	switch field.Type { //nolint:exhaustive // the others read back as text
	case salesforce.TypeDouble, salesforce.TypeCurrency, salesforce.TypePercent, salesforce.TypeInt:
		d, _, err := apd.NewFromString(text)
		if err != nil || !sent.IsNumber() {
			t.Fatalf("sent %q for a number", text)
		}
		printed := d.Text(rapid.SampledFrom([]byte("feEG")).Draw(t, "print"))
		if !strings.ContainsAny(printed, ".eE") && rapid.Bool().Draw(t, "as Java does") {
			printed += ".0"
		}
		return printed
	case salesforce.TypeDateTime:
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.UTC().Format(rapid.SampledFrom([]string{"2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05.000Z"}).Draw(t, "print"))
	case salesforce.TypeEmail:
		return strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, text)
	case salesforce.TypeMultiPicklist:
		return strings.Join(rapid.Permutation(strings.Split(text, ";")).Draw(t, "order"), ";")
	}
	return strings.Trim(text, " \t\n\v\f\r")
}

// Numbers come out as decimal arithmetic without any shortcut has them.
func TestNumberAgainstArithmetic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		precision := rapid.IntRange(1, 18).Draw(t, "precision")
		scale := rapid.IntRange(0, precision).Draw(t, "scale")
		text := rapid.StringMatching(`[+-]?0{0,3}\d{1,19}(\.\d{0,19}0{0,3})?([eE][+-]?\d{1,2})?`).Draw(t, "number")
		got, err := form(t, salesforce.Field{Name: "N", Type: salesforce.TypeDouble, Precision: precision, Scale: scale}, value.Options{}).FromReport(text)
		d, _, bad := apd.NewFromString(text)
		if bad != nil {
			t.Fatal(bad)
		}
		context := apd.BaseContext.WithPrecision(400)
		context.Rounding = apd.RoundHalfUp
		var rounded, limit apd.Decimal
		if _, bad := context.Quantize(&rounded, d, int32(-scale)); bad != nil { //nolint:gosec // a scale is at most 18
			t.Fatal(bad)
		}
		limit.SetFinite(1, int32(precision-scale)) //nolint:gosec // at most 18
		var size apd.Decimal
		if fits := size.Abs(&rounded).Cmp(&limit) < 0; fits != (err == nil) {
			t.Fatalf("%s with %d digits, %d of them behind the point: %q, %v", text, precision, scale, got, err)
		}
		if err != nil {
			return
		}
		back, _, bad := apd.NewFromString(got)
		if bad != nil || back.Cmp(&rounded) != 0 {
			t.Fatalf("%s is %s, want %s", text, got, rounded.Text('f'))
		}
	})
}

// Times come out as package time has them.
func TestDateTimeAgainstTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-8_000_000_000, 60_000_000_000).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		offset := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "offset"))
		want := at.UTC().Format("2006-01-02T15:04:05Z")
		layout := rapid.SampledFrom([]string{
			"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05.000000-07:00", "2006-01-02T15:04:05.000Z0700", "2006-01-02 15:04:05,000-0700",
		}).Draw(t, "layout")
		text := at.In(offset).Format(layout)
		got, err := form(t, dateTimeField, value.Options{Zone: anyZone(t)}).FromReport(text)
		if year := at.UTC().Year(); err != nil || got != want {
			t.Fatalf("%s = %s, %v; want %s in the year %d", text, got, err, want, year)
		}
		// A wall time is read back as a moment at which the clocks show it.
		wall := anyZone(t)
		text = at.In(wall).Format(time.DateTime)
		got, err = form(t, dateTimeField, value.Options{Zone: wall}).FromReport(text)
		read, bad := time.Parse(time.RFC3339, got)
		if err != nil || bad != nil || read.In(wall).Format(time.DateTime) != text || read.After(at) {
			t.Fatalf("%s in %s = %s, %v", text, wall, got, err)
		}
	})
}

// A key finds the record that was made with it, and is the same key when it is read again.
func TestKeyFindsItsRecord(t *testing.T) {
	t.Parallel()
	operations := []reportsync.Operation{reportsync.OperationUpdate, reportsync.OperationUpsert, reportsync.OperationInsert}
	rapid.Check(t, func(t *rapid.T) {
		field := anyField(t)
		k, err := value.NewKey(&salesforce.Object{KeyPrefix: "003"}, field, value.KeyOptions{Operation: rapid.SampledFrom(operations).Draw(t, "operation")})
		if err != nil {
			return // a type that makes no key
		}
		row, err := k.FromReport(anyCell(t))
		if err != nil {
			return // no value of the field
		}
		if again, err := k.FromReport(row); err != nil || again != row {
			t.Fatalf("%s: key %q is %q when it is read again (%v)", field.Type, row, again, err)
		}
		folded := k.Fold(row)
		if k.Fold(folded) != folded {
			t.Fatalf("%s: folding %q again gives %q", field.Type, folded, k.Fold(folded))
		}
		if row == "" {
			return
		}
		if found := k.FromOrg(readBack(t, field, form(t, field, value.Options{}).Value(row))); found != folded {
			t.Fatalf("%s: the record of key %q has %q, want %q", field.Type, row, found, folded)
		}
	})
}

// Folding joins what differs by simple case, and nothing that differs otherwise.
func TestFoldIsCaseAlone(t *testing.T) {
	t.Parallel()
	k := key(t, salesforce.Field{Name: "K", Type: salesforce.TypeString, Length: 1000}, value.KeyOptions{})
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if k.Fold(a) == k.Fold(b) && !strings.EqualFold(a, b) {
			t.Fatalf("%q and %q fold to the same", a, b)
		}
		ascii := rapid.StringMatching(`[ -~]*`).Draw(t, "ascii")
		if k.Fold(strings.ToUpper(ascii)) != strings.ToLower(ascii) {
			t.Fatalf("%q does not fold like its capitals", ascii)
		}
	})
}
