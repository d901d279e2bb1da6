package reportsync

import "fmt"

const redacted = "[secret]"

// Secret is a text that must not be seen: it prints as a mask wherever it is formatted or logged. It travels in clear
// only in the JSON of a request from the provider to the daemon; no answer holds one.
type Secret string

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String returns a mask.
func (Secret) String() string { return redacted }

// GoString returns a mask.
func (Secret) GoString() string { return redacted }

// Format writes a mask, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }
