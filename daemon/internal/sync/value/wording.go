package value

import (
	"strconv"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	maxQuoted     = 80 // characters of a value that a message repeats
	maxEnumerated = 10 // values that a message lists
)

// Quote repeats a value in a message, between quotes and cut to a length that leaves the message readable.
func Quote(text string) string {
	if len(text) > maxQuoted && utf8.RuneCountInString(text) > maxQuoted {
		end := 0
		for range maxQuoted {
			_, size := utf8.DecodeRuneInString(text[end:])
			end += size
		}
		text = text[:end] + "…"
	}
	return strconv.Quote(text)
}

func enumerate(values []string) string { return reportsync.Enumerate(values, maxEnumerated) }
