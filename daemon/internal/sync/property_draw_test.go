package sync_test

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// scene is a run that rapid has drawn: an org, what is to become of it, and a report.
type scene struct {
	objects map[string]model.Object
	parents []map[string]string // records as an administrator enters them
	things  []map[string]string // of these Parent__c is the place of a parent among the parents
	spec    reportsync.IntegrationSpec
	rows    []model.Row

	dryRun, full, ignore bool  // the guards are what is ignored
	previous             int64 // rows of the last run
	repeats              int   // how often the same run was made before, and all of it undone
	made                 map[model.Change]int
	evidence             []reportsync.Outcome // of the run before
}

// few draws from a handful of values, so that equal ones meet.
func few[T any](t *rapid.T, what string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, what)
}

// maybe draws true in one of so many cases.
func maybe(t *rapid.T, what string, of int) bool { return rapid.IntRange(1, of).Draw(t, what) == of }

// keyTypes are the fields that rows can be matched by.
var keyTypes = []model.Field{
	{Type: model.Text, Length: 12},
	{Type: model.Text, Length: 12, ExternalID: true},
	{Type: model.Text, Length: 12, ExternalID: true, Unique: true},
	{Type: model.Text, Length: 12, ExternalID: true, Unique: true, CaseSensitive: true},
	{Type: model.Text, Length: 12, Unique: true, CaseSensitive: true},
	{Type: model.Email, Length: 80},
	{Type: model.Email, Length: 80, ExternalID: true},
	{Type: model.Phone, Length: 40},
	{Type: model.Double, Precision: 6, Scale: 2, ExternalID: true},
	{Type: model.Double, Precision: 4},
	{Type: model.Percent, Precision: 5, Scale: 1},
	{Type: model.Date},
	{Type: model.Picklist, Length: 255, Values: colours},
}

// The words of keys and values, good ones and bad ones alike.
var (
	keyWords = map[model.Type][]string{
		model.Text:     {"a", "A", " a ", "b", "B", "ab", "p_a", "p_b", "O'Neill\\", "#N/A", "far too long a key", "", "x1", "x2", "x3", "x4"},
		model.Email:    {"a@x.example", "A@x.example", " a@X.example", "b@x.example", "c+1@x.example", "o'd@x.example", "", "d@x.example", "e@x.example"},
		model.Phone:    {"+1 555", "+1 556", "0", "", "+1 557", "555-A", "555-a"},
		model.Percent:  {"25", "25.0", "30", "2.5e1", "30.1", "30.11", "", "many"},
		model.Date:     {"2026-05-01", " 2026-05-01 ", "2026-05-02", "2026-12-31", "", "noon"},
		model.Picklist: {"Red", " Red", "Green", "Blue", "Mauve", "mauve", ""},
		model.Double:   {"1", "1.0", "01", "1.5", "1.50", "-2", "2", "1e1", "10", "1.505", "many", "", "99999999"},
	}
	words = map[model.Type][]string{
		model.Text:          {"", "", "x", "X", " x ", "two\nlines", "a,b", `say "hi"`, "ünï ✓", "#N/A", "null", "\u00a0", "twelve chars", "more than twelve", "=1+1"},
		model.TextArea:      {"", "x", "two\r\nlines", "two\nlines", " y "},
		model.Phone:         {"", "+1 555 0100", "call me"},
		model.URL:           {"", "https://x.example/a?b=c&d", "HTTPS://x.example/A"},
		model.Email:         {"", "a@x.example", "B@X.Example"},
		model.Picklist:      {"", "Red", "Green", "Blue", "Mauve"},
		model.MultiPicklist: {"", "Red", "Red;Green", "Green; Red", "Green;Red;Green", ";", "Mauve", "Blue;Mauve"},
		model.Double:        {"", "0", "-0", "1", "1.0", "1.5", "1.005", "-1.005", "1e2", "9.5E-1", "123456789", "99.995", "1,5", "many"},
		model.Currency:      {"", "0", "12.34", "12.345", "-7", "1000000000", "$5"},
		model.Percent:       {"", "25", "25.0", "25.04", "7 %"},
		model.Boolean:       {"", "true", "FALSE", "yes", "N", "on", "0", "1", "maybe"},
		model.Date:          {"", "2026-05-01", "2026-02-29", "1699-12-31", "31/12/2026", "2026-05-01 "},
		model.DateTime: {
			"", "2026-05-01 07:25:37", "2026-05-01T07:25:37Z", "2026-05-01T09:25:37+02:00", "2026-05-01T07:25:37.836030+0000",
			"2026-03-29 02:30:00", "2026-10-25 02:30:00", "2026-05-01", "noon",
		},
		model.Time: {"", "07:30", "07:30:00", "07:30:00.000Z", "07:30:00.1", "23:59:59,1239", "24:00", "7:30", "07:30:00+02:00"},
	}
	colours = []string{"Red", "Green", "Blue"}
)

// anyObjects draws the schema.
func anyObjects(t *rapid.T) map[string]model.Object {
	key := few(t, "key field", keyTypes...)
	parentKey := few(t, "parent's key field", model.Field{Type: model.Text, Length: 12, ExternalID: true}, model.Field{Type: model.Text, Length: 12, Unique: true, CaseSensitive: true})
	number := func(name string, kind model.Type) model.Field {
		scale := rapid.IntRange(0, 3).Draw(t, name+"'s scale")
		return model.Field{Type: kind, Precision: scale + rapid.IntRange(1, 9).Draw(t, name+"'s digits"), Scale: scale}
	}
	return map[string]model.Object{
		parent: {Fields: map[string]model.Field{"Id": {Type: model.ID}, "Code__c": parentKey}},
		thing: {Fields: map[string]model.Field{
			"Id":        {Type: model.ID},
			"Key__c":    key,
			"Name__c":   {Type: model.Text, Length: 12, Required: true},
			"Text__c":   {Type: model.Text, Length: 12},
			"Origin__c": {Type: model.Text, Length: 12, CreateOnly: true},
			"Notes__c":  {Type: model.TextArea, Length: 400},
			"Phone__c":  {Type: model.Phone, Length: 40},
			"Site__c":   {Type: model.URL, Length: 255},
			"Email__c":  {Type: model.Email, Length: 80},
			"Colour__c": {Type: model.Picklist, Length: 255, Values: colours, Restricted: rapid.Bool().Draw(t, "restricted colour")},
			"Tags__c":   {Type: model.MultiPicklist, Length: 4099, Values: colours, Restricted: rapid.Bool().Draw(t, "restricted tags")},
			"Number__c": number("number", model.Double),
			"Amount__c": number("amount", model.Currency),
			"Share__c":  number("share", model.Percent),
			"Flag__c":   {Type: model.Boolean},
			"Day__c":    {Type: model.Date},
			"Moment__c": {Type: model.DateTime},
			"Clock__c":  {Type: model.Time},
			"Parent__c": {Type: model.Reference},
		}},
	}
}

// anyScene draws a run with an operation.
func anyScene(t *rapid.T, features features, operation reportsync.Operation) scene {
	s := scene{objects: anyObjects(t)}
	key := s.objects[thing].Fields["Key__c"]
	for range rapid.IntRange(0, 3).Draw(t, "parents") {
		s.parents = append(s.parents, map[string]string{"Code__c": few(t, "code", "a", "A", "b", "c")})
	}
	for range rapid.IntRange(0, 8).Draw(t, "records") {
		s.things = append(s.things, anyThing(t, s.objects[thing], len(s.parents)))
	}
	s.spec = features.spec(t, s.objects[thing], operation)
	for range rapid.IntRange(0, 10).Draw(t, "rows") {
		if len(s.rows) > 0 && maybe(t, "repeated row", 4) {
			s.rows = append(s.rows, respelt(t, s.spec, few(t, "row", s.rows...)))
		} else {
			s.rows = append(s.rows, anyRow(t, s.spec, s.objects[thing], key))
		}
	}
	if features.runs {
		s.full = maybe(t, "full resync", 8)
		s.dryRun = maybe(t, "dry run", 8)
	}
	if features.runs && maybe(t, "repeated", 8) {
		s.repeats = rapid.IntRange(1, 3).Draw(t, "repeats")
	}
	if features.guards {
		s.ignore = maybe(t, "ignore guards", 4)
		s.previous = int64(rapid.IntRange(0, 12).Draw(t, "previous rows"))
	}
	return s
}

// anyThing draws a record. What Salesforce refuses in it is left out by whoever enters it.
func anyThing(t *rapid.T, object model.Object, parents int) map[string]string {
	record := map[string]string{"Name__c": "kept", "Key__c": few(t, "record's key", keyWords[object.Fields["Key__c"].Type]...)}
	for _, name := range slices.Sorted(maps.Keys(object.Fields)) {
		f := object.Fields[name]
		switch {
		case record[name] != "" || f.Type == model.ID || name == "Key__c":
		case f.Type == model.Reference && parents > 0:
			record[name] = strconv.Itoa(rapid.IntRange(0, parents-1).Draw(t, "parent"))
		case f.Type == model.Boolean:
			record[name] = few(t, name, "true", "false")
		case maybe(t, "has "+name, 2) && words[f.Type] != nil:
			record[name] = few(t, name, words[f.Type]...)
		}
	}
	return record
}

// anyRow draws a row of the report.
func anyRow(t *rapid.T, spec reportsync.IntegrationSpec, object model.Object, key model.Field) model.Row {
	if maybe(t, "ragged", 20) {
		return model.Row{Broken: reportsync.RowRagged}
	}
	cells := map[string]string{}
	switch {
	case spec.Match.Field == "Id":
		cells["Key"] = few(t, "id", "@0", "@1", "@2", "@3", "@0 short", "@1 short", "", "rubbish", "001000000000001AAA")
	case len(spec.Match.FieldTransform) > 0:
		sum := sha256.Sum256([]byte(strings.TrimSpace(few(t, "key", keyWords[key.Type]...))))
		cells["Key"] = base64.RawStdEncoding.EncodeToString(sum[:])
	default:
		cells["Key"] = few(t, "key", keyWords[key.Type]...)
	}
	for _, column := range spec.Columns() {
		if _, drawn := cells[column]; drawn {
			continue
		}
		switch f, isField := object.Fields[column]; {
		case column == "Order numbers":
			cells[column] = few(t, column, "1", "2.5", "10", "-1", "1.0")
		case column == "Order days":
			cells[column] = few(t, column, "2026-05-01", "2025-12-31", "2026-05-01 10:00:00")
		case column == "Order texts":
			cells[column] = few(t, column, "b", "a", "B", "10", "9")
		case isField && f.Type == model.Reference:
			cells[column] = few(t, column, "", "a", "A", "b", "z", " c ", "p_a", "p_")
		default:
			cells[column] = few(t, column, words[f.Type]...)
		}
	}
	return model.Row{Cells: cells}
}

// respelt draws a row that says what another one does, bad values included, and may spell the key of a parent differently.
func respelt(t *rapid.T, spec reportsync.IntegrationSpec, row model.Row) model.Row {
	row.Cells = maps.Clone(row.Cells)
	for _, name := range slices.Sorted(maps.Keys(spec.Mappings)) {
		if m := spec.Mappings[name]; m.Lookup != nil && row.Cells != nil && rapid.Bool().Draw(t, "shouted") {
			row.Cells[m.Lookup.Column] = strings.ToUpper(row.Cells[m.Lookup.Column])
		}
	}
	return row
}
