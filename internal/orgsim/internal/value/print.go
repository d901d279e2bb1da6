package value

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// AppendJSON appends a stored value as REST prints it: numbers as Java prints
// doubles (5.0, 9.12260031E8) save for whole-number fields, null for empty. An address is at hand as JSON.
func AppendJSON(into []byte, f *schema.Field, stored string) []byte {
	if stored == "" {
		return append(into, "null"...)
	}
	switch kind := f.Kind(); {
	case kind == schema.Checkbox, kind == schema.Int, kind == schema.Address:
		return append(into, stored...)
	case numeric(kind):
		return appendDouble(into, stored)
	}
	return AppendString(into, stored)
}

// AppendString appends a JSON string. Only what JSON demands is escaped.
func AppendString(into []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			return appendEscaped(into, text)
		}
	}
	into = append(into, '"')
	into = append(into, text...)
	return append(into, '"')
}

func appendEscaped(into []byte, text string) []byte {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return strconv.AppendQuote(into, text) // not reached: a string always encodes
	}
	return append(into, strings.TrimSuffix(b.String(), "\n")...)
}

// AppendCSV appends a stored value as Bulk results print it, always quoted:
// numbers reprinted as Java prints doubles, datetimes with Z.
func AppendCSV(into []byte, f *schema.Field, stored string) []byte {
	return CellOf(f).Append(into, stored)
}

// Cell is how values of a field stand in a Bulk result, for those who print many.
type Cell uint8

const (
	cellText    Cell = iota
	cellPlain        // has no quotes in it
	cellInstant      // a datetime
	cellDouble
)

// CellOf is how values of the field are printed.
func CellOf(f *schema.Field) Cell {
	switch kind := f.Kind(); {
	case kind == schema.DateTime:
		return cellInstant
	case numeric(kind) && kind != schema.Int:
		return cellDouble
	case kind == schema.ID, kind == schema.Reference, kind == schema.Checkbox, kind == schema.Date, kind == schema.Time:
		return cellPlain
	default:
		return cellText
	}
}

// Append appends a stored value as [AppendCSV] does.
func (c Cell) Append(into []byte, stored string) []byte {
	into = append(into, '"')
	switch {
	case stored == "":
	case c == cellText:
		into = appendQuoted(into, stored)
	case c == cellPlain:
		into = append(into, stored...)
	case c == cellInstant:
		into = append(into, strings.TrimSuffix(stored, "+0000")...)
		into = append(into, 'Z')
	default:
		into = appendDouble(into, stored)
	}
	return append(into, '"')
}

// AppendCSVText appends text as a quoted CSV value.
func AppendCSVText(into []byte, text string) []byte {
	into = append(into, '"')
	into = appendQuoted(into, text)
	return append(into, '"')
}

func appendQuoted(into []byte, text string) []byte {
	for {
		quote := strings.IndexByte(text, '"')
		if quote < 0 {
			return append(into, text...)
		}
		into = append(into, text[:quote]...)
		into = append(into, `""`...)
		text = text[quote+1:]
	}
}

// appendDouble prints stored digits as Java's Double.toString would, but keeps
// every digit: with a point from 0.001 up to ten million, else with an exponent.
func appendDouble(into []byte, stored string) []byte {
	if rest, negative := strings.CutPrefix(stored, "-"); negative {
		into, stored = append(into, '-'), rest
	}
	whole, fraction, _ := strings.Cut(stored, ".")
	if plainRange(whole, fraction) {
		into = append(into, whole...)
		into = append(into, '.')
		if fraction == "" {
			fraction = "0"
		}
		return append(into, fraction...)
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	exponent := len(whole) - 1 - (len(whole+fraction) - len(digits))
	digits = strings.TrimRight(digits, "0")
	into = append(into, digits[0], '.')
	if len(digits) == 1 {
		into = append(into, '0')
	} else {
		into = append(into, digits[1:]...)
	}
	into = append(into, 'E')
	return strconv.AppendInt(into, int64(exponent), 10)
}

func plainRange(whole, fraction string) bool {
	if whole != "0" {
		return len(whole) <= 7
	}
	return fraction == "" || !strings.HasPrefix(fraction, "000")
}

// AppendReprinted appends a CSV cell as a result file shows it after the server
// has read and written it: numbers and datetimes in the server's notation, ids
// with 18 characters, text as it was.
func AppendReprinted(into []byte, f *schema.Field, cell string) []byte {
	typed, refused := FromCSV(f, cell, 0)
	if refused != nil {
		return AppendCSVText(into, cell)
	}
	switch kind := f.Kind(); {
	case numeric(kind):
		if canonical, ok := CanonicalNumber(typed); ok {
			return AppendCSV(into, f, canonical)
		}
	case kind == schema.DateTime:
		return AppendCSV(into, f, typed)
	case kind == schema.ID || kind == schema.Reference:
		if id, err := recordid.Parse(trim(typed)); err == nil {
			return AppendCSVText(into, id)
		}
	}
	return AppendCSVText(into, typed)
}
