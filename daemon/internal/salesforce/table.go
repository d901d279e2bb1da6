package salesforce

import (
	"encoding/csv"
	"io"
	"strconv"
)

// table reads the CSV of one answer and notices an end that is none.
type table struct {
	body *tail
	csv  *csv.Reader
	// announced is the number of rows in Sforce-NumberOfRecords, -1 where the header is missing.
	announced int
}

func newTable(answer *reply) *table {
	t := &table{body: &tail{Reader: answer.stream}, announced: -1}
	if n, err := strconv.Atoi(answer.header.Get("Sforce-NumberOfRecords")); err == nil {
		t.announced = n
	}
	t.csv = csv.NewReader(t.body)
	t.csv.ReuseRecord = true
	return t
}

func (t *table) next() ([]string, error) { return t.csv.Read() }

// cutOff reports whether the row just read, the nth, has lost its end. A body that stops short
// without an error still parses when it stops behind a comma or a doubled quote. Every value is
// quoted (Bulk API 2.0 guide: get results for a query job), so a whole row ends with a line break,
// or, should the last one have none, with a quote and as the last one announced.
func (t *table) cutOff(n int) bool {
	if !t.body.ended || t.csv.InputOffset() < t.body.size || t.body.last == '\n' {
		return false
	}
	return t.body.last != '"' || (t.announced >= 0 && t.announced != n)
}

// tail keeps in mind how a body ended.
type tail struct {
	io.Reader
	size  int64
	last  byte
	ended bool
}

func (t *tail) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if n > 0 {
		t.size += int64(n)
		t.last = p[n-1]
	}
	t.ended = t.ended || err == io.EOF
	return n, err
}
