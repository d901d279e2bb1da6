package value

import (
	"testing"

	"pgregory.net/rapid"
)

// What passes at a glance is what has no fault.
func TestMostEmails(t *testing.T) {
	t.Parallel()
	passed := 0
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ab.@ ]{0,4}[ab.é]{0,2}@?[ab.]{0,3}[ab.@\t]{0,2}`).Draw(t, "text")
		fault := emailFault(text)
		if likeMostEmails(text) != (fault == "") {
			t.Fatalf("%q: fault %q", text, fault)
		}
		if fault == "" {
			passed++
		}
	})
	if passed == 0 {
		t.Error("no address passed, which proves little")
	}
}
