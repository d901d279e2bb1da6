package salesforce_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func TestID18(t *testing.T) {
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
		got, err := salesforce.ID18(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ID18(%q) is %q, %v; want %q", in, got, err, want)
		}
	}
}

// Two ids that differ only in case must differ without it too, once they have 18 characters.
func TestID18TellsCaseApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringMatching(`[0-9A-Za-z]{15}`).Draw(t, "id")
		b := rapid.SampledFrom([]string{a, strings.ToLower(a), strings.ToUpper(a)}).Draw(t, "other")
		fullA, errA := salesforce.ID18(a)
		fullB, errB := salesforce.ID18(b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if strings.EqualFold(fullA, fullB) != (a == b) {
			t.Fatalf("%s and %s are %s and %s", a, b, fullA, fullB)
		}
		if again, err := salesforce.ID18(fullA); err != nil || again != fullA {
			t.Fatalf("%s became %s, %v", fullA, again, err)
		}
	})
}
