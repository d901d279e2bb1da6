package value

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// blanks is the white space that Salesforce strips from the ends of a text; a no-break space survives there (Apex
// developer guide: primitive data types).
const blanks = " \t\n\v\f\r"

func trim(text string) string {
	if text == "" || text[0] > ' ' && text[len(text)-1] > ' ' {
		return text // what most cells are
	}
	return strings.Trim(text, blanks)
}

// lineBreaks makes every line break LF, because Bulk jobs take only one kind (Bulk API 2.0 guide: prepare CSV files).
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// readText takes a text as it is. What Salesforce does to rich text (it may drop markup) and to phone numbers (it
// formats them in its pages only) can't be foreseen; a URL field takes any text.
func readText(f *Form, text string) (string, error) {
	text = unified(text)
	return text, f.fits(text)
}

func unified(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return lineBreaks.Replace(text)
}

// fits refuses what Salesforce would refuse with STRING_TOO_LONG, and NUL, for which it would refuse the whole request
// that the text is in.
func (f *Form) fits(text string) error {
	if strings.IndexByte(text, 0) >= 0 {
		return fmt.Errorf("%s holds a NUL character, which %s doesn't take", Quote(text), f.Name)
	}
	if f.Length <= 0 || len(text) <= f.Length {
		return nil // there are never more characters than bytes
	}
	if n := characters(text); n > f.Length {
		return fmt.Errorf("the text has %d characters, %s takes %d", n, f.Name, f.Length)
	}
	return nil
}

// characters counts as Salesforce, which is written in Java, does: in UTF-16, where an emoji has two.
func characters(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}
