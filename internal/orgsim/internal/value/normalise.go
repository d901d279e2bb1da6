package value

import (
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const maxSelections = 100 // of a multi-select picklist

// Normalise applies the field's rules to a value of the right type and returns
// what Salesforce stores. It does not judge whether the field may be empty, and
// whether a referenced record exists: the store does.
func Normalise(f *schema.Field, text string) (string, *sferr.Error) {
	kind := f.Kind()
	if numeric(kind) {
		return normaliseNumber(f, text)
	}
	switch kind {
	case schema.Checkbox, schema.Date, schema.DateTime, schema.Time:
		return text, nil
	case schema.Address:
		return "", sferr.NotWriteable([]string{f.Name})
	case schema.Reference, schema.ID:
		return normaliseReference(f, trim(text))
	default:
	}
	sent := text
	text = trim(text)
	if text == "" {
		return "", nil
	}
	switch kind {
	case schema.Email:
		if !validEmail(text) {
			return "", sferr.On([]string{f.Name}, "INVALID_EMAIL_ADDRESS", "%s: invalid email address: %s", f.Label, sent)
		}
		text = strings.ToLower(text)
	case schema.Picklist:
		if f.Restricted && !slices.Contains(f.Values, text) {
			return "", badPicklist(f, text)
		}
	case schema.MultiPicklist:
		var err *sferr.Error
		if text, err = normaliseSelections(f, text); err != nil {
			return "", err
		}
	default:
	}
	if len(text) > f.Length && schema.TextLength(text) > f.Length { // never more units than bytes
		return "", sferr.On([]string{f.Name}, "STRING_TOO_LONG", "%s: data value too large: %s (max length=%d)", f.Label, text, f.Length)
	}
	return text, nil
}

func normaliseReference(f *schema.Field, text string) (string, *sferr.Error) {
	if text == "" {
		return "", nil
	}
	id, err := recordid.Parse(text)
	if err != nil {
		return "", sferr.WrongIDType(f.Label, f.Name, text)
	}
	return id, nil
}

// normaliseSelections drops doubles and puts the values in the order of the
// field's definition, foreign ones last: a client must compare them as a set.
func normaliseSelections(f *schema.Field, text string) (string, *sferr.Error) {
	var chosen []string
	for part := range strings.SplitSeq(text, ";") {
		part = trim(part)
		if part == "" || slices.Contains(chosen, part) {
			continue
		}
		if f.Restricted && !slices.Contains(f.Values, part) {
			return "", badPicklist(f, part)
		}
		chosen = append(chosen, part)
	}
	if len(chosen) > maxSelections {
		return "", sferr.On([]string{f.Name}, "STRING_TOO_LONG", "%s: data value too large: %s (max length=%d)", f.Label, text, maxSelections)
	}
	rank := func(v string) int {
		if i := slices.Index(f.Values, v); i >= 0 {
			return i
		}
		return len(f.Values)
	}
	slices.SortStableFunc(chosen, func(a, b string) int { return rank(a) - rank(b) })
	return strings.Join(chosen, ";"), nil
}

func badPicklist(f *schema.Field, text string) *sferr.Error {
	return sferr.On([]string{f.Name}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "%s: bad value for restricted picklist field: %s", f.Label, text)
}

// validEmail applies Salesforce's own rule, other than RFC 5322: ASCII only, no
// leading dot but any further ones before the @, a domain with at least one dot
// (Help 000384328: email address format technical standards).
func validEmail(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	if !ok || len(local) > 64 || strings.HasPrefix(local, ".") || !spelt(local, ".!#$%&'*/=?^_+-`{|}~") {
		return false
	}
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if !spelt(label, "-") || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return len(labels) > 1
}

// spelt reports whether text is one or more letters, digits and extra characters.
func spelt(text, extra string) bool {
	for _, c := range text {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && !strings.ContainsRune(extra, c) {
			return false
		}
	}
	return text != ""
}
