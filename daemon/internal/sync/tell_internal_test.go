package sync

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// What is written of a plain row is the line of its outcome, to the byte, whichever row was told before it.
func TestPlainRows(t *testing.T) {
	t.Parallel()
	const id = "0035g00000AbCdEAAV"
	want := map[state]reportsync.Outcome{
		rowSame:    {Kind: reportsync.Unchanged, RecordID: id},
		rowExists:  {Kind: reportsync.Unchanged, RecordID: id, Code: reportsync.RowExists},
		rowMissing: {Kind: reportsync.Unmatched, Code: reportsync.RowNoRecord, Message: "no record has this key"},
	}
	for st := range rowSent {
		if _, tested := want[st]; tested != st.plain() {
			t.Errorf("state %d is plain: %v", st, st.plain())
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := newRowSet("", 2)
		defer rows.close() //nolint:errcheck // all in memory
		var pack packer
		link, _ := rows.ids.pack(id)
		keys := rapid.SliceOfN(rapid.String(), 1, 10).Draw(t, "keys")
		for n, key := range keys {
			pack.begin()
			pack.row(int64(n+2), key, "order", []string{"a", "b"}, nil)
			if err := rows.add(pack.out, rowOpen, noPrint); err != nil {
				t.Fatal(err)
			}
			rows.set(n, rapid.SampledFrom([]state{rowSame, rowExists, rowMissing}).Draw(t, "state"), link)
		}
		var row reportRow
		var p rowlog.Plain
		for packed, err := range rows.table.All() {
			if err != nil {
				t.Fatal(err)
			}
			if err := row.unpackHead(packed); err != nil {
				t.Fatal(err)
			}
			rows.plain(&row, &p)
			o := want[rows.states[row.index]]
			o.Row, o.Line, o.Key = int64(row.index+1), int64(row.index+2), keys[row.index]
			if got, line := rowlog.AppendPlain(nil, &p), rowlog.Append(nil, o); string(got) != string(line) {
				t.Fatalf("told %s\nwant %s", got, line)
			}
			row.index++
		}
	})
}

// A row of which not even the key is there any more ends the telling.
func TestUnpackHeadOfDamaged(t *testing.T) {
	t.Parallel()
	var row reportRow
	for _, packed := range [][]byte{nil, {4}, {4, 3, 'a'}} {
		if err := row.unpackHead(packed); err == nil {
			t.Errorf("%v was read as line %d, key %q", packed, row.line, row.key)
		}
	}
}

// folder keeps outcomes in a folder, as the daemon does.
type folder struct{ bucket *artifact.Bucket }

func (f folder) Create(ctx context.Context, runID string, attempt int) (EvidenceWriter, error) {
	return f.bucket.Create(ctx, runID, attempt)
}

// BenchmarkTell tells a million outcomes into a folder, with changes in every tenth.
func BenchmarkTell(b *testing.B) {
	const rows = 1_000_000
	r, target := benchRun(b)
	r.target, r.Run.ID, r.Run.Attempt = target, "run_0123456789abcdef", 1
	bucket, err := artifact.Open(b.Context(), artifact.SchemeFile+b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer bucket.Close()
	r.Evidence = folder{bucket}
	x := extracted(b, r, target, rows)
	r.keep(x.rows)
	var pack packer
	for n := range rows {
		id := fmt.Sprintf("0031e00000%05dAAA", n*7919%rows%100_000)
		link, _ := r.rows.ids.pack(id)
		r.rows.set(n, rowSame, link)
		if n%10 == 3 {
			ref, err := r.rows.finds.Append(pack.find(&find{id: id, edits: []edit{{field: 2, before: "17"}, {field: 3, before: "Stuck"}}}))
			if err != nil {
				b.Fatal(err)
			}
			r.rows.set(n, rowUpdated, uint64(ref))
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		e := &ending{run: r, through: true}
		if err := e.tell(b.Context()); err != nil || e.counts != r.rows.tally() || e.artifact == nil {
			b.Fatalf("%v, counts %+v", err, e.counts)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}
