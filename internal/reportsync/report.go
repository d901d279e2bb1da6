package reportsync

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// ReportMatches reports whether the path of a report within its source is what the integration's report names.
func ReportMatches(pattern, name string) bool {
	ok, err := doublestar.Match(pattern, name)
	return err == nil && ok
}

// report checks a report's path or glob: relative, without a way out of its source.
func (v *validator) report(pointer, s string) {
	v.required(pointer, s, maxTextLength)
	switch {
	case v.has(pointer):
	case strings.HasPrefix(s, "/"):
		v.add(pointer, "%q must be relative to its source: leave the leading slash out", s)
	case strings.Contains(s, `\`):
		v.add(pointer, "%q must part folders by /", s)
	case path.Clean(s) != s || s == ".." || strings.HasPrefix(s, "../"):
		v.add(pointer, "%q must name a report within its source, without . or .. parts", s)
	case !doublestar.ValidatePattern(s):
		v.add(pointer, "%q is no valid glob: a [ or { is not closed", s)
	}
}
