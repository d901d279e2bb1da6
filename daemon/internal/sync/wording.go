package sync

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// quote repeats a value in a message, cut to a length that leaves the message readable.
func quote(text string) string { return value.Quote(text) }

// trim takes away the white space at the ends of a text that Salesforce takes away, too.
func trim(text string) string { return strings.Trim(text, " \t\n\v\f\r") }

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}

// shownKey is what is shown of a key that no record may have: it may be of any length.
func shownKey(cell string) string { return cut(trim(cell), 255) }

// enumerate lists a few values and says how many more there are.
func enumerate(values []string) string { return reportsync.Enumerate(values, 10) }

// count says how many there are of something: 1 Bulk job, 2 Bulk jobs.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
