package recordid_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/recordid"
)

func TestFull(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"003ak00000luKU1":    "003ak00000luKU1AAM",
		"003ak00000luKU1AAM": "003ak00000luKU1AAM",
		"00D1a000000H3O9":    "00D1a000000H3O9EAK",
		"0051a000000UGT8AAO": "0051a000000UGT8AAO",
		"750ak000009BWKLAA4": "750ak000009BWKLAA4",
		"003ak00000luKU1aam": "",
		"003AK00000LUKU1AAM": "",
		"003ak00000luKU1A":   "",
		"003ak00000luK-1":    "",
		"003ak00000luKéx":    "",
		"":                   "",
	} {
		got, err := recordid.Full(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("Full(%q) is %q, %v; want %q", in, got, err, want)
		}
	}
}

// Two ids that differ only in case must differ without it too, once they have 18 characters.
func TestFullTellsCaseApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringMatching(`[0-9A-Za-z]{15}`).Draw(t, "id")
		b := rapid.SampledFrom([]string{a, strings.ToLower(a), strings.ToUpper(a)}).Draw(t, "other")
		fullA, errA := recordid.Full(a)
		fullB, errB := recordid.Full(b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if strings.EqualFold(fullA, fullB) != (a == b) {
			t.Fatalf("%s and %s are %s and %s", a, b, fullA, fullB)
		}
		if again, err := recordid.Full(fullA); err != nil || again != fullA {
			t.Fatalf("%s became %s, %v", fullA, again, err)
		}
	})
}

// What is put together from its digits is what is read.
func TestAppend(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		short := rapid.StringMatching(`[0-9A-Za-z]{15}`).Draw(t, "id")
		want, err := recordid.Full(short)
		if err != nil {
			t.Fatal(err)
		}
		if got := recordid.Append([]byte("before"), (*[15]byte)([]byte(short))); string(got) != "before"+want {
			t.Fatalf("appended %q, want %q behind", got, want)
		}
	})
}

func BenchmarkFull(b *testing.B) {
	for b.Loop() {
		if _, err := recordid.Full("0035g00000AbCdEAAV"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestObject(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"001000000000001AAA": "Account",
		"003ak00000luKU1":    "Contact",
		"00Q":                "Lead",
		"00q000000000001AAA": "",
		"a00000000000001AAA": "",
		"00":                 "",
		"":                   "",
	} {
		if got, known := recordid.Object(id); got != want || known != (want != "") {
			t.Errorf("%q is the id of %q, %t; want %q", id, got, known, want)
		}
	}
}
