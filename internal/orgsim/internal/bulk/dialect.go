package bulk

import (
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulkcsv"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
)

// jobDialect is how a job's CSV looks, by Salesforce's names.
type jobDialect struct{ LineEnding, Delimiter string }

// dialectOf checks the CSV properties of a job request.
func dialectOf(contentType, lineEnding, delimiter string) (d jobDialect, err *sferr.Error) {
	if _, err = choice("contentType", contentType, "CSV"); err != nil {
		return d, err
	}
	if d.LineEnding, err = choice("lineEnding", lineEnding, "LF", "CRLF"); err != nil {
		return d, err
	}
	d.Delimiter, err = choice("columnDelimiter", delimiter, "COMMA", "BACKQUOTE", "CARET", "PIPE", "SEMICOLON", "TAB")
	return d, err
}

// choice reads one of the allowed values, the first being the default.
func choice(what, text string, allowed ...string) (string, *sferr.Error) {
	if text == "" {
		return allowed[0], nil
	}
	if !slices.Contains(allowed, text) {
		return "", invalidJob("%s '%s' is none of %s", what, text, strings.Join(allowed, ", "))
	}
	return text, nil
}

// comma is the delimiter's character.
func (d jobDialect) comma() byte {
	switch d.Delimiter {
	case "BACKQUOTE":
		return '`'
	case "CARET":
		return '^'
	case "PIPE":
		return '|'
	case "SEMICOLON":
		return ';'
	case "TAB":
		return '\t'
	}
	return ','
}

// forReader is the dialect as the CSV reader wants it.
func (d jobDialect) forReader() bulkcsv.Dialect {
	return bulkcsv.Dialect{Delimiter: d.comma(), CRLF: d.LineEnding == "CRLF"}
}

// newline is what ends a line.
func (d jobDialect) newline() string {
	if d.LineEnding == "CRLF" {
		return "\r\n"
	}
	return "\n"
}
