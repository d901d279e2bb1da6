package rowlog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// text draws what cells hold: mostly words, at times any bytes.
func text() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[a-z<>&"\\ ]{0,12}`),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"", "\u2028\u2029", "\b\f\n\r\t\x00\x7f", "\xff\xfe", "ünï", "𝄞", "\ufffd"}),
	)
}

func nullable() *rapid.Generator[*string] { return rapid.Ptr(text(), true) }

func outcome() *rapid.Generator[reportsync.Outcome] {
	change := rapid.Custom(func(t *rapid.T) reportsync.Change {
		return reportsync.Change{
			Field: text().Draw(t, "field"), Before: nullable().Draw(t, "before"), BeforeUnknown: rapid.Bool().Draw(t, "before unknown"), After: nullable().Draw(t, "after"),
			RecordID: text().Draw(t, "record"), Repeats: rapid.IntRange(-2, 9).Draw(t, "repeats"), Held: rapid.Bool().Draw(t, "held"), CreateOnly: rapid.Bool().Draw(t, "create only"),
			RecordOutcome: rapid.SampledFrom(append([]reportsync.OutcomeKind{"", ""}, reportsync.OutcomeKinds...)).Draw(t, "record's outcome"),
			RecordCode:    rapid.SampledFrom([]string{"", "UNABLE_TO_LOCK_ROW", `"`}).Draw(t, "record's code"),
		}
	})
	return rapid.Custom(func(t *rapid.T) reportsync.Outcome {
		return reportsync.Outcome{
			Row: rapid.Int64().Draw(t, "row"), Line: rapid.Int64().Draw(t, "line"), Key: text().Draw(t, "key"),
			Kind:     rapid.SampledFrom(append([]reportsync.OutcomeKind{""}, reportsync.OutcomeKinds...)).Draw(t, "kind"),
			RecordID: text().Draw(t, "record"), Records: rapid.SliceOfN(text(), 0, 3).Draw(t, "records"),
			Code: text().Draw(t, "code"), Message: text().Draw(t, "message"), Changes: rapid.SliceOfN(change, 0, 3).Draw(t, "changes"),
		}
	})
}

// A line is what encoding/json makes of the outcome, to the byte.
func TestAppendIsJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := outcome().Draw(t, "outcome")
		want, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		prefix := []byte("before")
		if got := rowlog.Append(prefix, o); string(got) != "before"+string(want)+"\n" {
			t.Fatalf("appended %s\nwant     %s", got, want)
		}
	})
}

// A plain outcome has the line of the outcome that it stands for, to the byte.
func TestAppendPlain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := outcome().Draw(t, "outcome")
		o.Records, o.Changes = nil, nil
		p := rowlog.Plain{Row: o.Row, Line: o.Line, Key: []byte(o.Key), Kind: o.Kind, RecordID: []byte(o.RecordID), Code: o.Code, Message: o.Message}
		if diff := cmp.Diff(o, p.Outcome()); diff != "" {
			t.Fatalf("stands for (-want +got):\n%s", diff)
		}
		if got, want := rowlog.AppendPlain([]byte("before"), &p), rowlog.Append([]byte("before"), o); string(got) != string(want) {
			t.Fatalf("appended %s\nwant     %s", got, want)
		}
	})
}

// Every byte by itself, next to others, and in each place of a longer text.
func TestAppendEveryByte(t *testing.T) {
	t.Parallel()
	for b := range 256 {
		texts := []string{string([]byte{'a', byte(b), 'z', byte(b)})}
		for place := range 17 {
			text := []byte("somebody@example.")
			text[place] = byte(b)
			texts = append(texts, string(text))
		}
		for _, text := range texts {
			o := reportsync.Outcome{Key: text}
			want, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			if got := rowlog.Append(nil, o); string(got) != string(want)+"\n" {
				t.Errorf("byte %#x: appended %s, want %s", b, got, want)
			}
		}
	}
}

// What a line tells before it is read agrees with what is read.
func TestPeek(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := outcome().Draw(t, "outcome")
		o.Row = rapid.Int64Range(0, 1e18-1).Draw(t, "row")
		// Texts that look like what is sought.
		o.Key = rapid.SampledFrom([]string{`"outcome":"failed"`, `","outcome":"failed",`, `,"changes":[`, o.Key}).Draw(t, "key")
		line := rowlog.Append(nil, o)
		if row, err := rowlog.RowOf(line); err != nil || row != o.Row {
			t.Fatalf("row %d, %v, want %d", row, err, o.Row)
		}
		if got, want := rowlog.HasChanges(line), len(o.Changes) > 0; got != want {
			t.Fatalf("%s has changes: %v", line, got)
		}
		sought := rapid.SliceOfN(rapid.SampledFrom(reportsync.OutcomeKinds), 0, 3).Draw(t, "sought")
		if got, want := rowlog.MayBe(line, sought), slices.Contains(sought, o.Kind); got != want {
			t.Fatalf("%s may be one of %v: %v", line, sought, got)
		}
	})
	for _, line := range []string{"", "{}", `{"line":1}`, `{"row":`, `{"row":,`, `{"row":1`, `{"row":-1,`, `{"row":1234567890123456789,`, `{"row":1x,`} {
		if row, err := rowlog.RowOf([]byte(line)); err == nil {
			t.Errorf("%q has the row %d", line, row)
		}
	}
}

func unpack(data []byte) (rows []reportsync.Outcome, err error) {
	err = rowlog.Unpack(data, func(o reportsync.Outcome) error {
		rows = append(rows, o)
		return nil
	})
	return rows, err
}

func TestPackUnpack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want []reportsync.Outcome
		for _, o := range rapid.SliceOfN(outcome(), 0, 20).Draw(t, "rows") {
			// What is no text in UTF-8 is not kept byte by byte; JSON can't.
			kept, err := rowlog.Parse(rowlog.Append(nil, o))
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, kept)
		}
		got, err := unpack(rowlog.Pack(want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("unpacked (-want +got):\n%s", diff)
		}
	})
}

// Lines beyond the read buffer come back whole.
func TestLongLines(t *testing.T) {
	t.Parallel()
	var want []reportsync.Outcome
	for i, n := range []int{10, 64 << 10, 1 << 20, 5, 300_000} {
		want = append(want, reportsync.Outcome{Row: int64(i + 1), Kind: reportsync.Failed, Message: strings.Repeat("x", n)})
	}
	got, err := unpack(rowlog.Pack(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unpacked (-want +got):\n%s", diff)
	}
}

func TestUnpackEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	calls := 0
	err := rowlog.Unpack(rowlog.Pack(make([]reportsync.Outcome, 5)), func(reportsync.Outcome) error {
		calls++
		return enough
	})
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("ended with %v after %d rows", err, calls)
	}
}

func TestUnpackRefuses(t *testing.T) {
	t.Parallel()
	good := rowlog.Pack([]reportsync.Outcome{{Row: 1, Line: 2, Kind: reportsync.Updated, Key: "somebody@example.com"}})
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"cut off":       {good[:len(good)-6], io.ErrUnexpectedEOF.Error()},
		"no frame":      {[]byte("{\"row\":1}\n"), "magic"},
		"no outcome":    {rowlog.Compress(nil, []byte("nothing\n")), "read an outcome"},
		"no end":        {rowlog.Compress(nil, []byte(`{"row":1}`)), "no end"},
		"endless line":  {rowlog.Compress(nil, bytes.Repeat([]byte{' '}, rowlog.MaxLine+1<<20)), "longer than"},
		"endless frame": {bomb(t), "longer than"},
		"large window":  {window(t), "window"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := unpack(test.data); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

// bomb is a small frame that unpacks to a gigabyte of one line.
func bomb(t *testing.T) []byte {
	t.Helper()
	var frame bytes.Buffer
	w, err := zstd.NewWriter(&frame, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte{'x'}, 1<<20)
	for range 1 << 10 {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return frame.Bytes()
}

// window is a frame that asks its reader to keep 512 MiB.
func window(t *testing.T) []byte {
	t.Helper()
	var frame bytes.Buffer
	w, err := zstd.NewWriter(&frame, zstd.WithWindowSize(512<<20), zstd.WithEncoderConcurrency(1), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte("x\n"), 1<<20)
	for range 4 {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return frame.Bytes()
}
