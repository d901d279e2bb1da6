package main

import "testing"

func TestHarmless(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\tb\r\nc":                 "a b  c",
		"\x1b[31mred":               "\ufffd[31mred",
		"\u202eexe.txt\u202c":       "\ufffdexe.txt\ufffd",
		"\u2066a\u2069\u200e\u061c": "\ufffda\ufffd\ufffd\ufffd",
		"Zoë Ångström שלום 日本":      "Zoë Ångström שלום 日本",
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
