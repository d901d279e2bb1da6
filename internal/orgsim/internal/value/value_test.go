package value_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// fatal is what a test and a property of rapid share.
type fatal interface{ Fatal(args ...any) }

// field makes a field as a schema settles it.
func field(t fatal, f schema.Field) *schema.Field {
	s := schema.Standard()
	f.Name, f.Label = "Field__c", "Field"
	if err := s.Add(schema.Object{Name: "Contact", Fields: []schema.Field{f}}); err != nil {
		t.Fatal(err)
	}
	contact, _ := s.Object("Contact")
	index, _ := contact.Field("Field__c")
	return &contact.Fields[index]
}

func text(length int) schema.Field { return schema.Field{Type: schema.Text, Length: length} }

func number(precision, scale int) schema.Field {
	return schema.Field{Type: schema.Number, Precision: precision, Scale: scale}
}

func code(err *sferr.Error) string {
	if err == nil {
		return ""
	}
	return err.Code
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	restricted := schema.Field{Type: schema.Picklist, Values: []string{"A", "B"}, Restricted: true}
	several := schema.Field{Type: schema.MultiPicklist, Values: []string{"A", "B", "C"}}
	for name, test := range map[string]struct {
		field    schema.Field
		in, want string
		code     string
	}{
		"text is trimmed":                     {field: text(10), in: " \t a b\r\n\v\f", want: "a b"},
		"a no-break space survives":           {field: text(10), in: "\u00a0a\u00a0", want: "\u00a0a\u00a0"},
		"blank text is null":                  {field: text(10), in: "   "},
		"text of full length":                 {field: text(3), in: " äöü ", want: "äöü"},
		"text too long":                       {field: text(3), in: "äöüß", code: "STRING_TOO_LONG"},
		"an emoji has two units":              {field: text(4), in: "😀😀", want: "😀😀"},
		"emoji too long":                      {field: text(3), in: "😀😀", code: "STRING_TOO_LONG"},
		"email in lower case":                 {field: schema.Field{Type: schema.Email}, in: " Ann.O'Hara+x@Example.COM ", want: "ann.o'hara+x@example.com"},
		"email without at":                    {field: schema.Field{Type: schema.Email}, in: "badone", code: "INVALID_EMAIL_ADDRESS"},
		"email without dot":                   {field: schema.Field{Type: schema.Email}, in: "a@b", code: "INVALID_EMAIL_ADDRESS"},
		"email with two dots":                 {field: schema.Field{Type: schema.Email}, in: "a..b@c.de", want: "a..b@c.de"},
		"email with last dots":                {field: schema.Field{Type: schema.Email}, in: "a..@c.de", want: "a..@c.de"},
		"email with a first dot":              {field: schema.Field{Type: schema.Email}, in: ".a@c.de", code: "INVALID_EMAIL_ADDRESS"},
		"email with two dots after the at":    {field: schema.Field{Type: schema.Email}, in: "a@c..de", code: "INVALID_EMAIL_ADDRESS"},
		"email without local part":            {field: schema.Field{Type: schema.Email}, in: "@c.de", code: "INVALID_EMAIL_ADDRESS"},
		"email with a blank":                  {field: schema.Field{Type: schema.Email}, in: "a b@c.de", code: "INVALID_EMAIL_ADDRESS"},
		"email with an accent":                {field: schema.Field{Type: schema.Email}, in: "é@c.de", code: "INVALID_EMAIL_ADDRESS"},
		"email with a hyphen at an end":       {field: schema.Field{Type: schema.Email}, in: "a@-c.de", code: "INVALID_EMAIL_ADDRESS"},
		"number is rounded half up":           {field: number(5, 2), in: "1.005", want: "1.01"},
		"negative number is rounded away":     {field: number(5, 2), in: "-1.005", want: "-1.01"},
		"number without trailing zeros":       {field: number(5, 2), in: "005.50", want: "5.5"},
		"number with exponent":                {field: number(12, 0), in: "9.12260031E8", want: "912260031"},
		"number of 18 digits is exact":        {field: number(18, 2), in: "1234567890123456.78", want: "1234567890123456.78"},
		"zero has no sign":                    {field: number(5, 2), in: "-0.001", want: "0"},
		"zero with a huge exponent":           {field: number(5, 2), in: "0e-99999", want: "0"},
		"number with too many digits":         {field: number(3, 1), in: "100", code: "NUMBER_OUTSIDE_VALID_RANGE"},
		"number that rounding makes too long": {field: number(3, 1), in: "99.95", code: "NUMBER_OUTSIDE_VALID_RANGE"},
		"number beyond all bounds":            {field: number(3, 1), in: "1e999999999", code: "NUMBER_OUTSIDE_VALID_RANGE"},
		"restricted picklist":                 {field: restricted, in: "B", want: "B"},
		"restricted picklist, other case":     {field: restricted, in: "b", code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"free picklist takes anything":        {field: schema.Field{Type: schema.Picklist, Values: []string{"A"}}, in: "Z", want: "Z"},
		"selections in the field's order":     {field: several, in: "C; A;;Z;A", want: "A;C;Z"},
		"too many selections":                 {field: several, in: manySelections(101), code: "STRING_TOO_LONG"},
		"reference of 15 characters":          {field: schema.Field{Type: schema.Reference, ReferenceTo: []string{"Account"}}, in: "003ak00000luKU1", want: "003ak00000luKU1AAM"},
		"reference that is no id":             {field: schema.Field{Type: schema.Reference, ReferenceTo: []string{"Account"}}, in: "acme", code: "MALFORMED_ID"},
		"phone too long":                      {field: schema.Field{Type: schema.Phone}, in: strings.Repeat("1", 41), code: "STRING_TOO_LONG"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := value.Normalise(field(t, test.field), test.in)
			if got != test.want || code(err) != test.code {
				t.Errorf("got %q, %v; want %q, %q", got, err, test.want, test.code)
			}
			if err != nil && len(err.Fields) == 0 {
				t.Errorf("%v names no field", err)
			}
		})
	}
}

// A refused address is shown as the client wrote it, which is what it looks for.
func TestInvalidEmailIsEchoed(t *testing.T) {
	t.Parallel()
	for _, sent := range []string{"BadOne", " Ann@Example ", "\u212aate@Example.com"} {
		_, err := value.Normalise(field(t, schema.Field{Type: schema.Email}), sent)
		if want := "Field: invalid email address: " + sent; err == nil || err.Message != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func manySelections(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("v" + strings.Repeat("x", i) + ";")
	}
	return b.String()
}

func TestFromJSON(t *testing.T) {
	t.Parallel()
	checkbox, date, datetime, clock := schema.Field{Type: schema.Checkbox}, schema.Field{Type: schema.Date}, schema.Field{Type: schema.DateTime}, schema.Field{Type: schema.Time}
	for name, test := range map[string]struct {
		field     schema.Field
		raw, want string
		code      string
	}{
		"text":                         {field: text(10), raw: `"a\n"`, want: "a\n"},
		"null":                         {field: text(10), raw: `null`},
		"number for text":              {field: text(10), raw: `5`, code: "JSON_PARSER_ERROR"},
		"object for text":              {field: text(10), raw: `{"a":1}`, code: "JSON_PARSER_ERROR"},
		"number":                       {field: number(5, 2), raw: `5.25`, want: "5.25"},
		"number as text":               {field: number(5, 2), raw: `"5.25"`, want: "5.25"},
		"empty text for number":        {field: number(5, 2), raw: `""`, code: "JSON_PARSER_ERROR"},
		"words for number":             {field: number(5, 2), raw: `"many"`, code: "JSON_PARSER_ERROR"},
		"NaN for number":               {field: number(5, 2), raw: `"NaN"`, code: "JSON_PARSER_ERROR"},
		"boolean for number":           {field: number(5, 2), raw: `true`, code: "JSON_PARSER_ERROR"},
		"checkbox":                     {field: checkbox, raw: `true`, want: "true"},
		"text for checkbox":            {field: checkbox, raw: `"true"`, code: "JSON_PARSER_ERROR"},
		"null for checkbox":            {field: checkbox, raw: `null`, code: "INVALID_TYPE_ON_FIELD_IN_RECORD"},
		"date":                         {field: date, raw: `"2026-02-28"`, want: "2026-02-28"},
		"a day that is not":            {field: date, raw: `"2026-02-29"`, code: "JSON_PARSER_ERROR"},
		"date with a time":             {field: date, raw: `"2026-02-28T00:00:00Z"`, code: "JSON_PARSER_ERROR"},
		"date without zeros":           {field: date, raw: `"2026-2-8"`, code: "JSON_PARSER_ERROR"},
		"empty text for date":          {field: date, raw: `""`, code: "JSON_PARSER_ERROR"},
		"datetime to seconds":          {field: datetime, raw: `"2026-05-01T07:25:37.836Z"`, want: "2026-05-01T07:25:37.000+0000"},
		"datetime with offset":         {field: datetime, raw: `"2026-05-01T01:25:37+02:00"`, want: "2026-04-30T23:25:37.000+0000"},
		"datetime with offset, plain":  {field: datetime, raw: `"2026-05-01T01:25:37.000+0200"`, want: "2026-04-30T23:25:37.000+0000"},
		"first datetime":               {field: datetime, raw: `"1700-01-01T00:00:00Z"`, want: "1700-01-01T00:00:00.000+0000"},
		"last datetime":                {field: datetime, raw: `"4000-12-31T23:59:59Z"`, want: "4000-12-31T23:59:59.000+0000"},
		"datetime too early":           {field: datetime, raw: `"1700-01-01T00:00:00+01:00"`, code: "JSON_PARSER_ERROR"},
		"datetime too late":            {field: datetime, raw: `"4001-01-01T00:00:00Z"`, code: "JSON_PARSER_ERROR"},
		"datetime without offset":      {field: datetime, raw: `"2026-05-01T07:25:37"`, code: "JSON_PARSER_ERROR"},
		"datetime with a blank":        {field: datetime, raw: `"2026-05-01 07:25:37Z"`, code: "JSON_PARSER_ERROR"},
		"datetime with decimal commas": {field: datetime, raw: `"2026-05-01T07:25:37,5Z"`, code: "JSON_PARSER_ERROR"},
		"empty text for datetime":      {field: datetime, raw: `""`, code: "JSON_PARSER_ERROR"},
		"time":                         {field: clock, raw: `"17:30:00.125Z"`, want: "17:30:00.125Z"},
		"time to the second":           {field: clock, raw: `"17:30:00Z"`, want: "17:30:00.000Z"},
		"time to the microsecond":      {field: clock, raw: `"17:30:00.123456Z"`, want: "17:30:00.123Z"},
		"time without Z":               {field: clock, raw: `"17:30:00.000"`, code: "JSON_PARSER_ERROR"},
		"time with an offset":          {field: clock, raw: `"17:30:00.000+02:00"`, code: "JSON_PARSER_ERROR"},
		"time without seconds":         {field: clock, raw: `"17:30Z"`, code: "JSON_PARSER_ERROR"},
		"time without a zero":          {field: clock, raw: `"7:30:00Z"`, code: "JSON_PARSER_ERROR"},
		"time after a day's end":       {field: clock, raw: `"24:00:00Z"`, code: "JSON_PARSER_ERROR"},
		"time with decimal commas":     {field: clock, raw: `"17:30:00,5Z"`, code: "JSON_PARSER_ERROR"},
		"time with an empty fraction":  {field: clock, raw: `"17:30:00.Z"`, code: "JSON_PARSER_ERROR"},
		"time as a number":             {field: clock, raw: `173000`, code: "JSON_PARSER_ERROR"},
		"null for time":                {field: clock, raw: `null`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := value.FromJSON(field(t, test.field), json.RawMessage(test.raw), value.Position{Line: 1, Column: 7})
			if got != test.want || code(err) != test.code {
				t.Errorf("got %q, %v; want %q, %q", got, err, test.want, test.code)
			}
		})
	}
}

func TestFromJSONSaysWhere(t *testing.T) {
	t.Parallel()
	_, err := value.FromJSON(field(t, schema.Field{Type: schema.Date}), json.RawMessage(`""`), value.Position{Line: 2, Column: 7})
	want := "Cannot deserialize instance of date from VALUE_STRING value  or request may be missing a required field at [line:2, column:7]"
	if err == nil || err.Message != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestFromCSV(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		field    schema.Field
		in, want string
		message  string
	}{
		"text is not trimmed yet": {field: text(10), in: " a ", want: " a "},
		"checkbox in any case":    {field: schema.Field{Type: schema.Checkbox}, in: "TRUE", want: "true"},
		"yes for checkbox":        {field: schema.Field{Type: schema.Checkbox}, in: "Yes", message: "Failed to deserialize field at col 3. Due to, 'Yes' is not a valid value for the type xsd:boolean"},
		"number with separator":   {field: number(9, 2), in: "1,000", message: "Failed to deserialize field at col 3. Due to, '1,000' is not a valid value for the type xsd:double"},
		"number with a blank":     {field: number(9, 2), in: " 1", message: "Failed to deserialize field at col 3. Due to, ' 1' is not a valid value for the type xsd:double"},
		"number with exponent":    {field: number(9, 2), in: "1E2", want: "1E2"},
		"date": {
			field: schema.Field{Type: schema.Date}, in: "2003-04-987654321987654321",
			message: "Failed to deserialize field at col 3. Due to, '2003-04-987654321987654321' is not a valid value for the type xsd:date",
		},
		"datetime":                {field: schema.Field{Type: schema.DateTime}, in: "2026-05-01T07:25:37.999Z", want: "2026-05-01T07:25:37.000+0000"},
		"time":                    {field: schema.Field{Type: schema.Time}, in: "17:30:00.5Z", want: "17:30:00.500Z"},
		"time without Z":          {field: schema.Field{Type: schema.Time}, in: "17:30:00", message: "Failed to deserialize field at col 3. Due to, '17:30:00' is not a valid value for the type xsd:time"},
		"datetime without offset": {field: schema.Field{Type: schema.DateTime}, in: "2026-05-01T07:25:37", message: "Failed to deserialize field at col 3. Due to, '2026-05-01T07:25:37' is not a valid value for the type xsd:dateTime"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := value.FromCSV(field(t, test.field), test.in, 3)
			message := ""
			if err != nil {
				message = err.Message
			}
			if got != test.want || message != test.message {
				t.Errorf("got %q, %q; want %q, %q", got, message, test.want, test.message)
			}
		})
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		field     schema.Field
		stored    string
		json, csv string
	}{
		"null":            {text(10), "", `null`, `""`},
		"text":            {text(10), "a \"b\"\né<", `"a \"b\"\né<"`, "\"a \"\"b\"\"\né<\""},
		"whole number":    {number(18, 0), "5", `5.0`, `"5.0"`},
		"negative":        {number(18, 2), "-0.25", `-0.25`, `"-0.25"`},
		"zero":            {number(18, 2), "0", `0.0`, `"0.0"`},
		"seven digits":    {number(18, 2), "1234567.5", `1234567.5`, `"1234567.5"`},
		"eight digits":    {number(18, 2), "10000000", `1.0E7`, `"1.0E7"`},
		"many digits":     {number(18, 0), "912260031", `9.12260031E8`, `"9.12260031E8"`},
		"every digit":     {number(18, 2), "1234567890123456.78", `1.23456789012345678E15`, `"1.23456789012345678E15"`},
		"small":           {number(18, 5), "0.001", `0.001`, `"0.001"`},
		"smaller":         {number(18, 5), "0.00012", `1.2E-4`, `"1.2E-4"`},
		"checkbox":        {schema.Field{Type: schema.Checkbox}, "true", `true`, `"true"`},
		"datetime":        {schema.Field{Type: schema.DateTime}, "2026-05-01T07:25:37.000+0000", `"2026-05-01T07:25:37.000+0000"`, `"2026-05-01T07:25:37.000Z"`},
		"time":            {schema.Field{Type: schema.Time}, "17:30:00.000Z", `"17:30:00.000Z"`, `"17:30:00.000Z"`},
		"percent":         {schema.Field{Type: schema.Percent, Scale: 1}, "25", `25.0`, `"25.0"`},
		"formula, a date": {schema.Field{Type: schema.Formula, Returns: schema.Date}, "2026-05-01", `"2026-05-01"`, `"2026-05-01"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := field(t, test.field)
			got := []string{string(value.AppendJSON(nil, f, test.stored)), string(value.AppendCSV(nil, f, test.stored))}
			if diff := cmp.Diff([]string{test.json, test.csv}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Printed numbers must mean what is stored, and normalising them again must
// change nothing.
func TestNumbersSurvivePrinting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.IntRange(0, 18).Draw(t, "scale")
		f := field(t, number(18, scale))
		sent := rapid.StringMatching(`-?[0-9]{1,10}(\.[0-9]{1,9})?(e[+-]?[0-9])?`).Draw(t, "sent")
		stored, err := value.Normalise(f, sent)
		if err != nil {
			return
		}
		printed := string(value.AppendJSON(nil, f, stored))
		if !json.Valid([]byte(printed)) {
			t.Fatalf("%q prints as %q, which is no JSON", stored, printed)
		}
		again, err := value.Normalise(f, printed)
		if err != nil || again != stored {
			t.Fatalf("%q prints as %q and comes back as %q, %v", stored, printed, again, err)
		}
	})
}

func TestReprinted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		field    schema.Field
		in, want string
	}{
		"number":            {number(18, 0), "912260031", `"9.12260031E8"`},
		"number not scaled": {number(18, 0), "1.50", `"1.5"`},
		"datetime":          {schema.Field{Type: schema.DateTime}, "2026-05-01T09:25:37+02:00", `"2026-05-01T07:25:37.000Z"`},
		"checkbox":          {schema.Field{Type: schema.Checkbox}, "True", `"true"`},
		"time":              {schema.Field{Type: schema.Time}, "17:30:00Z", `"17:30:00.000Z"`},
		"reference":         {schema.Field{Type: schema.Reference, ReferenceTo: []string{"Account"}}, "003ak00000luKU1", `"003ak00000luKU1AAM"`},
		"text as it was":    {text(10), " a ", `" a "`},
		"what was refused":  {number(18, 0), "abc", `"abc"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(value.AppendReprinted(nil, field(t, test.field), test.in)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want int
	}{{"5", "5", 0}, {"5", "10", -1}, {"-5", "-10", 1}, {"0.1", "0.09", 1}, {"912260031", "9.5", 1}} {
		if got := value.Compare(test.a, test.b); got != test.want {
			t.Errorf("Compare(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
