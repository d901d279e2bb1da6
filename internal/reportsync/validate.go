package reportsync

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// Limits of what users declare.
const (
	MaxNameLength   = 128  // characters of a name
	MaxMappings     = 500  // fields fed by one integration
	maxTextLength   = 2048 // characters of any other text
	maxNearestEdits = 0.5  // share of a name that may differ for it to be offered as meant
)

var namePattern = regexp.MustCompile(`^[\pL\pN][\pL\pN ._()+-]*$`)

// validator gathers what is wrong with a spec.
type validator struct{ fields []FieldError }

func (v *validator) add(pointer, format string, args ...any) {
	v.fields = append(v.fields, FieldError{Pointer: pointer, Code: CodeInvalid, Detail: fmt.Sprintf(format, args...)})
}

func (v *validator) has(pointer string) bool {
	for _, f := range v.fields {
		if f.Pointer == pointer {
			return true
		}
	}
	return false
}

func (v *validator) err(what string) error { return Invalid(what, v.fields) }

func (v *validator) required(pointer, s string, limit int) {
	switch {
	case strings.TrimSpace(s) == "":
		v.add(pointer, "must not be empty")
	case utf8.RuneCountInString(s) > limit:
		v.add(pointer, "is longer than %d characters", limit)
	}
}

// name checks the name of a configuration object.
func (v *validator) name(s string) {
	const pointer = "/name"
	v.required(pointer, s, MaxNameLength)
	if !v.has(pointer) && (!namePattern.MatchString(s) || strings.HasSuffix(s, " ")) {
		v.add(pointer, "%q must start with a letter or digit, hold only letters, digits, blanks and . _ - + ( ), and not end with a blank", s)
	}
}

func (v *validator) oneOf(pointer, s string, allowed ...string) {
	if slices.Contains(allowed, s) {
		return
	}
	v.add(pointer, "%q is not one of %s%s", s, strings.Join(allowed, ", "), DidYouMean(s, allowed))
}

func quoteName(s string) string { return fmt.Sprintf("%q", s) }

// Enumerate lists the first few of some values and says how many more there are: "a, b and 3 more".
func Enumerate(values []string, most int) string {
	if len(values) <= most {
		return strings.Join(values, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(values[:most], ", "), len(values)-most)
}

// EscapePointer escapes one token of a JSON pointer (RFC 6901, section 3).
func EscapePointer(token string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
}

// Nearest returns the candidate that is spelt most like name, ignoring case, and false when none comes close.
func Nearest(name string, candidates []string) (string, bool) {
	best, bestScore := "", maxNearestEdits
	for _, c := range candidates {
		if score := levenshtein.Match(strings.ToLower(name), strings.ToLower(c), nil); score > bestScore {
			best, bestScore = c, score
		}
	}
	return best, best != ""
}

// DidYouMean returns "; did you mean X?" for the candidate spelt most like name, and nothing when none comes close.
func DidYouMean(name string, candidates []string) string {
	if n, ok := Nearest(name, candidates); ok {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}
