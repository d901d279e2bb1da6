package recordid_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
)

// recorded are ids that real orgs gave.
var recorded = []string{
	"003ak00000luKU1AAM", "0034S000005YJY8QAO", "0037e00001WZ310AAD", "0035500001H9dBLAAZ",
	"750ak000009BWKLAA4", "750ak000009Bq9OAAS", "005ak000005hvjJAAQ", "012000000000000AAA",
}

func TestParseRecordedIDs(t *testing.T) {
	t.Parallel()
	for _, id := range recorded {
		for _, form := range []string{id, id[:15]} {
			if got, err := recordid.Parse(form); err != nil || got != id {
				t.Errorf("Parse(%q) = %q, %v; want %q", form, got, err, id)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	id := recorded[0]
	for name, text := range map[string]string{
		"empty":                  "",
		"14 characters":          id[:14],
		"16 characters":          id[:16],
		"a wrong checksum":       id[:15] + "AAA",
		"a lower-case checksum":  id[:15] + strings.ToLower(id[15:]),
		"another case":           strings.ToLower(id[:15]) + id[15:],
		"a foreign character":    "003ak00000luK_1",
		"a character of 2 bytes": "003ak00000luKé",
	} {
		if got, err := recordid.Parse(text); err == nil {
			t.Errorf("%s: Parse(%q) = %q, %v", name, text, got, err)
		}
	}
}

func TestNumbersComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 1<<48).Draw(t, "number")
		pod := recordid.Pod(rapid.Uint64().Draw(t, "seed"))
		id := recordid.Make("003", pod, n)
		parsed, err := recordid.Parse(recordid.Short(id))
		if err != nil || parsed != id {
			t.Fatalf("Parse(%q) = %q, %v", recordid.Short(id), parsed, err)
		}
		if got, ok := recordid.Number(id, "003", pod); !ok || got != n {
			t.Fatalf("Number(%q) = %d, %t; want %d", id, got, ok, n)
		}
		if _, ok := recordid.Number(id, "001", pod); ok {
			t.Fatalf("Number(%q) took another prefix", id)
		}
	})
}

func TestIDsSortByNumber(t *testing.T) {
	t.Parallel()
	before := ""
	for n := range uint64(200) {
		id := recordid.Make("003", "ak", n*7)
		if id <= before {
			t.Fatalf("%q does not come after %q", id, before)
		}
		before = id
	}
}
