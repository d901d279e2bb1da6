package value

import "testing"

// What passes at a glance is what has no fault, for every short text of what matters.
func TestMostEmails(t *testing.T) {
	t.Parallel()
	const longest = 8
	passed := 0
	texts := []string{""}
	for len(texts[0]) <= longest {
		var longer []string
		for _, text := range texts {
			fault := emailFault(text)
			if likeMostEmails(text) != (fault == "") {
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
