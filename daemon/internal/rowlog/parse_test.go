package rowlog_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// strangers are lines that Append does not make. Some make an outcome all the same.
var strangers = []string{
	``, `null`, `{}`, `[]`, ` {"row":1,"line":2,"outcome":""}`, `{"row":1,"line":2,"outcome":""} `, `{"row":1,"line":2,"outcome":""}x`,
	"{\"row\":1,\"line\":2,\"outcome\":\"\"}\n\n", `{"row":1,"line":2}`, `{"line":2,"row":1,"outcome":"failed"}`,
	`{"ROW":1,"Line":2,"outcome":"failed"}`, `{"row":01,"line":2,"outcome":""}`, `{"row":-,"line":2,"outcome":""}`,
	`{"row":-0,"line":00,"outcome":""}`, `{"row":1e2,"line":2,"outcome":""}`, `{"row":1.5,"line":2,"outcome":""}`,
	`{"row":9223372036854775807,"line":-9223372036854775808,"outcome":""}`, `{"row":9223372036854775808,"line":2,"outcome":""}`,
	`{"row":1,"line":2,"key":"","outcome":"failed"}`, `{"row":1,"line":2,"key":null,"outcome":"failed"}`,
	`{"row":1,"line":2,"outcome":"failed","outcome":"updated"}`, `{"row":1,"line":2,"outcome":"failed","more":[1,{"a":2}]}`,
	`{"row":1,"line":2,"outcome":"\ud834\udd1e\ud834\u00E4\/"}`, `{"row":1,"line":2,"outcome":"\x"}`, `{"row":1,"line":2,"outcome":"\u12"}`,
	`{"row":1,"line":2,"outcome":"\ud834\udd1e"}`, `{"row":1,"line":2,"outcome":"\ud834"}`, `{"row":1,"line":2,"outcome":"\u12g4"}`, `{"row":1,"line":2,"outcome":"a\`, "{\"row\":1,\"line\":2,\"outcome\":\"\xff\"}",
	"{\"row\":1,\"line\":2,\"outcome\":\"\\n\xc3\\u00a4\"}", "{\"row\":1,\"line\":2,\"outcome\":\"\t\"}", "{\"row\":1,\"line\":2,\"outcome\":\"\\t\t\"}",
	`{"row":1,"line":2,"outcome":"","record_ids":[]}`, `{"row":1,"line":2,"outcome":"","record_ids":["a",null]}`,
	`{"row":1,"line":2,"outcome":"","record_ids":["a"`, `{"row":1,"line":2,"outcome":"","changes":[]}`,
	`{"row":1,"line":2,"outcome":"","changes":[{"field":"a"}]}`, `{"row":1,"line":2,"outcome":"","changes":[{"field":"a","before":1,"after":null}]}`,
	`{"row":1,"line":2,"outcome":"","changes":[{"field":"a","before":null,"after":null,"repeats":0,"held":false}]}`,
	`{"row":1,"line":2,"outcome":"","changes":[{"field":"a","before":null,"after":null,"repeats":9223372036854775808}]}`,
	`{"row":1,"line":2,"outcome":"","changes":[{"field":"a","before":null,"after":null},]}`,
	`{"row":1,"line":2,"outcome":"","changes":[{"field":"a","before":null,"before_unknown":true,"after":null}]}`,
	`{"row":1,"line":2,"outcome":"","changes":[{"field":"a","before":null,"before_unknown":false,"after":null}]}`,
	`{"row":1,"line":2,"outcome":"","changes":[{"field":"a","before":null,"after":null,"before_unknown":true}]}`,
	`{"row":1,"line":2,"outcome":"","changes":[{"field":"a","before":null,"after":null}`,
}

// agree fails unless Parse makes of a line what encoding/json makes of it.
func agree(t rapid.TB, line []byte) {
	t.Helper()
	var want reportsync.Outcome
	refused := json.Unmarshal(line, &want)
	if refused != nil {
		want = reportsync.Outcome{}
	}
	got, err := rowlog.Parse(line)
	if (err != nil) != (refused != nil) {
		t.Fatalf("%q: error %v, want %v", line, err, refused)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q (-encoding/json +got):\n%s", line, diff)
	}
}

func TestParseIsJSON(t *testing.T) {
	t.Parallel()
	for _, line := range strangers {
		agree(t, []byte(line))
	}
	rapid.Check(t, func(t *rapid.T) {
		line := rowlog.Append(nil, outcome().Draw(t, "outcome"))
		agree(t, line)
		agree(t, line[:rapid.IntRange(0, len(line)).Draw(t, "cut")])
		line[rapid.IntRange(0, len(line)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		agree(t, line)
	})
}

// What Append makes is read without encoding/json, numbers of more than eighteen digits aside.
func TestParseOwn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := outcome().Draw(t, "outcome")
		o.Row, o.Line = o.Row%1e18, o.Line%1e18
		line := rowlog.Append(nil, o)
		if _, ok := rowlog.ParseOwn(line); !ok {
			t.Fatalf("%s is left to encoding/json", line)
		}
		if _, ok := rowlog.ParseOwn(line[:len(line)-1]); !ok {
			t.Fatalf("%s is left to encoding/json without its line feed", line)
		}
	})
}

// More changes than are made room for come back in their places.
func TestParseManyChanges(t *testing.T) {
	t.Parallel()
	var o reportsync.Outcome
	for i := range 1000 {
		before, after := strings.Repeat("b", i%7), strings.Repeat("a", i%5)
		o.Changes = append(o.Changes, reportsync.Change{Field: "F__c", Before: &before, After: &after})
	}
	line := rowlog.Append(nil, o)
	got, ok := rowlog.ParseOwn(line)
	if !ok {
		t.Fatal("the line is left to encoding/json")
	}
	if diff := cmp.Diff(o, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A line that is kept by its reader does not change with the buffer that it was read from.
func TestParseKeeps(t *testing.T) {
	t.Parallel()
	line := rowlog.Append(nil, changed())
	got, err := rowlog.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	clear(line)
	if diff := cmp.Diff(changed(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Parse and encoding/json make the same of any line.
func FuzzParse(f *testing.F) {
	for _, line := range strangers {
		f.Add([]byte(line))
	}
	f.Add(rowlog.Append(nil, changed()))
	f.Add(rowlog.Append(nil, reportsync.Outcome{
		Row: 1, Line: 2, Kind: reportsync.Failed, Records: []string{"a", "b"}, Code: "X", Message: "<\"ünï\u2028\\\n\x00",
		Changes: []reportsync.Change{{Field: "A", RecordID: "a", Repeats: 3, Held: true}, {Field: "B"}, {Field: "C", Held: true, CreateOnly: true}},
	}))
	f.Fuzz(func(t *testing.T, line []byte) { agree(t, line) })
}
