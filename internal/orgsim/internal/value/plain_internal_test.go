package value

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// A datetime in the usual spelling is taken as the library takes it, and one that
// no calendar has is not.
func TestPlainDateTimes(t *testing.T) {
	t.Parallel()
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		part := func(name string, most int) int { return rapid.IntRange(0, most).Draw(t, name) }
		text := fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d", part("year", 4500), part("month", 13), part("day", 32), part("hour", 24), part("minute", 60), part("second", 60))
		if at := rapid.IntRange(0, 3*len(text)).Draw(t, "spoilt"); at < len(text) {
			text = text[:at] + rapid.SampledFrom([]string{"/", ":", " ", "-", "T", "x", "é"}).Draw(t, "by") + text[at+1:]
		}
		text += rapid.SampledFrom([]string{"Z", ".000Z", ".000+0000", "+00:00", ".5Z", ""}).Draw(t, "end")
		got, ok := ParseDateTime(text)
		want, valid := "", false
		for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700"} {
			if at, err := time.Parse(layout, text); err == nil {
				want, valid = FormatTime(at), validYear(at.UTC())
			}
		}
		if ok != valid || ok && got != want {
			t.Fatalf("%q reads as %q, %t; want %q, %t", text, got, ok, want, valid)
		}
		if ok && plainDateTime(text) {
			seen++
		}
		day, err := time.Parse(time.DateOnly, text[:min(10, len(text))])
		if _, ok := ParseDate(text[:min(10, len(text))]); ok != (err == nil && validYear(day)) {
			t.Fatalf("%q is a date: %t; the calendar says %v", text, ok, err)
		}
	})
	if seen == 0 {
		t.Error("none was read the short way")
	}
}

// A number that is spelled as it is stored comes out as it does from the decimals.
func TestCanonicalNumbers(t *testing.T) {
	t.Parallel()
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,4}(\.[0-9]{0,4})?(e[0-9])?`).Draw(t, "text")
		f := &schema.Field{Name: "N__c", Type: schema.Number, Precision: 5, Scale: rapid.IntRange(0, 5).Draw(t, "scale")}
		got, refused := Normalise(f, text)
		want, alike := "", false
		if d, ok := parseDecimal(text); ok {
			if _, err := decimals.Quantize(d, d, -int32(f.Scale)); err != nil { //nolint:gosec // a scale is at most 18
				t.Fatal(err)
			}
			want = plain(d)
			alike = d.NumDigits() <= int64(f.Precision) || d.IsZero()
		}
		if text == "" {
			alike = true
		}
		if (refused == nil) != alike || alike && got != want {
			t.Fatalf("%q with scale %d is %q, %v; want %q, %t", text, f.Scale, got, refused, want, alike)
		}
		if _, _, ok := canonical(text); ok {
			seen++
			if long, known := CanonicalNumber(strings.Replace(text+"e0", "-", "-0", 1)); !known || long != text {
				t.Fatalf("%q is %q, %t, read the long way", text, long, known)
			}
		}
	})
	if seen == 0 {
		t.Error("none was read the short way")
	}
}
