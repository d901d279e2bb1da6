package salesforce

import "strconv"

// table reads the CSV of one answer and notices an end that is none.
type table struct {
	*csvReader
	// announced is the number of rows in Sforce-NumberOfRecords, -1 where the header is missing.
	announced int
}

func newTable(answer *reply) *table {
	t := &table{csvReader: newCSVReader(answer.stream), announced: -1}
	if n, err := strconv.Atoi(answer.header.Get("Sforce-NumberOfRecords")); err == nil {
		t.announced = n
	}
	return t
}

// cutOff reports whether the row just read, the nth, has lost its end. A body that stops short
// without an error still parses when it stops behind a comma or a doubled quote. Every value is
// quoted (Bulk API 2.0 guide: get results for a query job), so a whole row ends with a line break,
// or, should the last one have none, with a quote and as the last one announced.
func (t *table) cutOff(n int) bool {
	return t.row.open && (t.last() != '"' || (t.announced >= 0 && t.announced != n))
}
