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
			err = errors.New("text after the end of the fault")
		}
		return f, err
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
