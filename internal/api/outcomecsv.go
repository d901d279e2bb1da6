package api

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// OutcomeColumns is the header of outcomes as CSV.
var OutcomeColumns = []string{"row", "line", "key", "outcome", "record_id", "code", "message", "changes"}

// OutcomeRecord returns an outcome as a record of CSV, in the order of [OutcomeColumns]; changes are a JSON array, empty
// when there are none, and a row that was written to several records has all their ids, parted by blanks. Such files are opened in spreadsheets, and keys and messages come from outside: a cell that begins
// with =, +, -, @, a tab or a carriage return has an apostrophe in front, so that it is no formula. Only JSON is exact.
func OutcomeRecord(o reportsync.Outcome) ([]string, error) {
	changes := ""
	if len(o.Changes) > 0 {
		text, err := json.Marshal(o.Changes)
		if err != nil {
			return nil, fmt.Errorf("encode the changes of row %d: %w", o.Row, err)
		}
		changes = string(text)
	}
	id := o.RecordID
	if len(o.Records) > 0 {
		id = strings.Join(o.Records, " ")
	}
	record := []string{
		strconv.FormatInt(o.Row, 10), strconv.FormatInt(o.Line, 10), o.Key, string(o.Kind), id, o.Code, o.Message, changes,
	}
	for i, cell := range record {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			record[i] = "'" + cell
		}
	}
	return record, nil
}
