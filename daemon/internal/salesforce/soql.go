package salesforce

import (
	"fmt"
	"net/url"
	"strings"
)

// MaxQueryLength is how many bytes of QueryLength a query may have. Salesforce refuses a URL of more
// than 16,384 bytes, and the same for URL and headers together (REST API guide: status code 414 and
// 431); what is left covers host, path and a long token.
const MaxQueryLength = 12_000

// QueryLength returns the bytes that soql takes in a URL, which is what bounds a list of keys.
func QueryLength(soql string) int { return len(url.QueryEscape(soql)) }

// QuoteSOQL returns s as a SOQL string literal with its quotes. The escapes are the documented ones
// and no others, since any other backslash is an error (SOQL guide: quoted string escape sequences).
func QuoteSOQL(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('\'')
	for _, r := range s {
		switch r {
		case '\\', '\'', '"':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		default:
			if r < ' ' {
				fmt.Fprintf(&b, `\u%04X`, r)
				continue
			}
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
