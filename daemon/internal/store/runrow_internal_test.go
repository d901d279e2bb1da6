package store

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A runtime prints as what it was rounded to.
func TestSeconds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, int64(365*24*time.Hour)).Draw(t, "runtime"))
		text, err := json.Marshal(seconds(d))
		if err != nil {
			t.Fatal(err)
		}
		if _, decimals, _ := strings.Cut(string(text), "."); len(decimals) > 3 {
			t.Fatalf("%s is printed as %s seconds", d, text)
		}
		if back, err := time.ParseDuration(string(text) + "s"); err != nil || back != d.Round(time.Millisecond) {
			t.Fatalf("%s is printed as %s seconds, %v", d, text, err)
		}
	})
}
