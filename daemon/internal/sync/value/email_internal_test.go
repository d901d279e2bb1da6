package value

import (
	"strings"
	"testing"
)

// What passes at a glance has no fault, and what does not has one or odd dots, for every short text of what matters.
func TestMostEmails(t *testing.T) {
	t.Parallel()
	const longest = 8
	passed := 0
	texts := []string{""}
	for len(texts[0]) <= longest {
		var longer []string
		for _, text := range texts {
			fault := emailFault(text)
			local, _, _ := strings.Cut(text, "@")
			odd := strings.Contains(local, "..") || strings.HasSuffix(local, ".")
			if likeMostEmails(text) != (fault == "" && !odd) {
				t.Fatalf("%q: fault %q", text, fault)
			}
			if fault == "" {
				passed++
			}
			for _, c := range "a.@ " {
				longer = append(longer, text+string(c))
			}
		}
		texts = longer
	}
	if passed == 0 {
		t.Error("no address passed, which proves nothing")
	}
}
