package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
)

// checkText refuses what a JSON document cannot say in UTF-8: bytes that are no
// characters, halves of surrogate pairs, and the character NUL, which no field
// holds. The library's decoder would put U+FFFD in their place.
func checkText(text []byte) *sferr.Error {
	for at := 0; at < len(text); {
		length, wrong := 1, ""
		switch c := text[at]; {
		case c == '\\':
			length, wrong = escape(text[at:])
		case c >= utf8.RuneSelf:
			var r rune
			if r, length = utf8.DecodeRune(text[at:]); r == utf8.RuneError && length == 1 {
				wrong = fmt.Sprintf("Invalid UTF-8 byte 0x%02x", c)
			}
		}
		if wrong != "" {
			place := PositionOf(text, int64(at))
			return sferr.New("JSON_PARSER_ERROR", "%s at [line:%d, column:%d]", wrong, place.Line, place.Column)
		}
		at += length
	}
	return nil
}

// escape measures an escape sequence of a string and says what is wrong with it.
// Sequences that there are not are left to the decoder.
func escape(text []byte) (length int, wrong string) {
	high, ok := escapedUnit(text)
	switch {
	case !ok:
		return 2, ""
	case high == 0:
		return 0, `Illegal character \u0000`
	case !utf16.IsSurrogate(high):
		return 6, ""
	}
	low, ok := escapedUnit(text[6:])
	if !ok || utf16.DecodeRune(high, low) == utf8.RuneError {
		return 0, "Incomplete surrogate pair " + string(text[:6])
	}
	return 12, ""
}

// escapedUnit reads \uXXXX.
func escapedUnit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(unit), err == nil
}

// readable tells whether text that was escaped in a URL is text at all.
func readable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// plainQuery reads the query string in the place of the library, which drops
// parameters that it cannot read, and ones with a semicolon. It answers where
// something is wrong and returns false.
func (c *Call) plainQuery() bool {
	values := url.Values{}
	for pair := range strings.SplitSeq(c.Request.URL.RawQuery, "&") {
		if pair == "" {
			continue
		}
		name, text, _ := strings.Cut(pair, "=")
		name, badName := url.QueryUnescape(name)
		text, badText := url.QueryUnescape(text)
		for _, err := range []error{badName, badText} {
			if err != nil {
				c.Fail(http.StatusBadRequest, sferr.New("MALFORMED_QUERY", "The query string of the URL is not encoded right: %s", err))
				return false
			}
		}
		if !readable(name) || !readable(text) {
			c.Fail(http.StatusBadRequest, sferr.New("MALFORMED_QUERY", "The query string of the URL is not UTF-8 text: parameter %q", name))
			return false
		}
		values.Add(name, text)
	}
	plain := *c.Request.URL
	plain.RawQuery = values.Encode()
	c.Request.URL = &plain
	return true
}

// Flag reads a parameter of the query string that is true or false, whatever the
// case; without it, it is false. It answers where the parameter is neither, and ok
// is false.
func (c *Call) Flag(name string) (set, ok bool) {
	text := c.Request.URL.Query().Get(name)
	if c.Request.URL.Query().Has(name) && !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
		c.Fail(http.StatusBadRequest, sferr.New("INVALID_ARGUMENT", "parameter %s: '%s' is neither true nor false", name, text))
		return false, false
	}
	return strings.EqualFold(text, "true"), true
}
