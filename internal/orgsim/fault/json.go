package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ParseJSON reads one fault as [Fault] is printed in JSON. What it returns is not
// settled yet.
func ParseJSON(text []byte) (Fault, error) {
	var f Fault
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&f)
	if err == nil {
		if _, rest := decoder.Token(); !errors.Is(rest, io.EOF) {
			return f, errors.New("text after the end of the fault")
		}
		return f, checkZeros(text)
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return f, mistake(wrong.Field, "%s cannot be a JSON %s", wrong.Field, wrong.Value)
	}
	if _, name, unknown := strings.Cut(err.Error(), "unknown field "); unknown {
		names := append(slices.Sorted(maps.Keys(properties(&f))), "name")
		return f, mistake("", "a fault has no property %s%s", name, reportsync.DidYouMean(strings.Trim(name, `"`), names))
	}
	return f, fmt.Errorf("parse fault: %w", err)
}

func checkZeros(text []byte) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(text, &given); err != nil {
		return fmt.Errorf("parse fault: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if string(given[name]) != "0" {
			continue
		}
		if err := CheckZero(name); err != nil {
			return err
		}
	}
	return nil
}

// CheckZero refuses a number that was given as 0 where 0 stands for all: of every,
// percent and times. Somebody who writes it means none.
func CheckZero(property string) error {
	switch property {
	case "every", "percent", "times":
		return mistake(property, "%s 0 would strike nothing; leave %[1]s out to strike all", property)
	default:
		return nil
	}
}
