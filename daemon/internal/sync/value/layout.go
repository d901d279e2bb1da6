package value

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// layout is a mapping's date format.
type layout struct {
	format string // as users write it
	golang string // as package time does; empty for none
	offset bool   // whether it holds one
}

// CheckDateFormat reports why a mapping of a field can't have a date format; nil when it can. The error is fit to be
// shown. A date field takes the day that the format names, whatever else stands beside it; a datetime field takes
// midnight where the format names no time of day.
func CheckDateFormat(field salesforce.Field, format string) error {
	_, err := newLayout(field, format)
	return err
}

func newLayout(field salesforce.Field, format string) (layout, error) {
	golang, err := reportsync.DateLayout(format)
	if err != nil {
		return layout{}, err
	}
	l := layout{format: format, golang: golang, offset: strings.Contains(golang, "Z07")}
	switch field.Type {
	case salesforce.TypeDate, salesforce.TypeDateTime:
		if !strings.Contains(golang, "2006") {
			return layout{}, fmt.Errorf("%s is of type %s, and date_format %q names no day: it needs YYYY, MM and DD", field.Name, field.Type, format)
		}
	case salesforce.TypeTime:
		if !strings.Contains(golang, "15") || l.offset {
			return layout{}, fmt.Errorf("%s is a time of day without a zone, and date_format %q is none: it needs HH, and may not have Z", field.Name, format)
		}
	default:
		return layout{}, fmt.Errorf("%s is of type %s, which takes no date_format: that is for dates and times", field.Name, field.Type)
	}
	return l, nil
}

func (l layout) set() bool { return l.golang != "" }

// parse reads a cell: as a moment where the format has an offset, in UTC else.
func (l layout) parse(cell string) (t time.Time, offset bool, err error) {
	t, err = time.Parse(l.golang, cell)
	if e, ok := errors.AsType[*time.ParseError](err); ok && strings.HasSuffix(e.Message, "out of range") {
		return t, false, fmt.Errorf("%s is no day or time that there is, read as %s", Quote(cell), l.format)
	}
	if err != nil {
		return t, false, fmt.Errorf("%s is not written as %s", Quote(cell), l.format)
	}
	return t, l.offset, nil
}
