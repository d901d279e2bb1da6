package rowlog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Brief sees what Parse sees.
func TestBriefIsParse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rowlog.Append(nil, outcome().Draw(t, "outcome"))
		whole, err := rowlog.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rowlog.Brief(line)
		if err != nil {
			t.Fatal(err)
		}
		want := reportsync.Outcome{Row: whole.Row, Kind: whole.Kind, RecordID: whole.RecordID, Records: whole.Records}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("of %s (-want +got):\n%s", line, diff)
		}
	})
}

func TestBriefRefuses(t *testing.T) {
	t.Parallel()
	for _, line := range []string{``, `{"row":1,"line":2,"key":"a`, `{"row":1,"line":2,"key":"a\"`, `{"row":1`, `[]`} {
		if o, err := rowlog.Brief([]byte(line)); err == nil {
			t.Errorf("read %q as %+v", line, o)
		}
	}
}

func BenchmarkBrief(b *testing.B) {
	line := rowlog.Append(nil, changed())
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if _, err := rowlog.Brief(line); err != nil {
			b.Fatal(err)
		}
	}
}
