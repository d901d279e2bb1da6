package transform

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxProgram bounds the instructions of a compiled expression: matching takes time in proportion to them, and a few
// characters such as [a-z]{1000} make thousands.
const maxProgram = 10_000

// stripPrefix removes a prefix; a text without it is left alone, since reports mix prefixed ids with plain ones.
func stripPrefix(prefix string) (apply func(string) string, reason string) {
	return func(text string) string { return strings.TrimPrefix(text, prefix) }, ""
}

// expression keeps the first capture group of the first match, or the whole match of an expression without groups.
func expression(pattern string) (apply func(string) string, reason string) {
	if len(pattern) > MaxPatternLength {
		return nil, fmt.Sprintf("has an expression of %d bytes: at most %d are taken", len(pattern), MaxPatternLength)
	}
	re, err := compile(pattern)
	if err != nil {
		return nil, fmt.Sprintf("%q is no regular expression: %s; the syntax is RE2's, without lookaround and backreferences", shorten(pattern), err)
	}
	return func(text string) string {
		at := re.FindStringSubmatchIndex(text)
		if len(at) > 2 {
			at = at[2:]
		}
		if len(at) == 0 || at[0] < 0 { // no match, or a group that took no part in it
			return ""
		}
		return text[at[0]:at[1]]
	}, ""
}

// compile compiles an expression that is cheap enough to be matched against every row of a report.
func compile(pattern string) (*regexp.Regexp, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		if e, ok := errors.AsType[*syntax.Error](err); ok {
			return nil, fmt.Errorf("%s: %q", e.Code, shorten(e.Expr))
		}
		return nil, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	if n := len(program.Inst); n > maxProgram {
		return nil, fmt.Errorf("its repetitions make it too large (%d instructions, at most %d)", n, maxProgram)
	}
	return regexp.Compile(pattern)
}

// sha256Base64 is how WalkMe hashes the ids of users: the standard alphabet, without padding (WalkMe support: Unique
// User Identifier Hashing).
func sha256Base64(text string) string {
	sum := sha256.Sum256([]byte(text))
	var out [43]byte
	base64.RawStdEncoding.Encode(out[:], sum[:])
	return string(out[:])
}

func sha256Hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	var out [2 * sha256.Size]byte
	hex.Encode(out[:], sum[:])
	return string(out[:])
}
