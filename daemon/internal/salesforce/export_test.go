package salesforce

import "io"

// ParseRowError lets the fuzz test reach the parser of sf__Error.
var ParseRowError = parseRowError

// ReadCSV reads all rows as a result is read.
func ReadCSV(source io.Reader) ([][]string, error) {
	var rows [][]string
	err := readBatches(source, func(batch *RecordBatch) {
		for i := range batch.Len() {
			rows = append(rows, batch.Row(i, nil))
		}
	})
	return rows, err
}

// CountCSV reads all rows as a result is read, keeping none.
func CountCSV(source io.Reader) (int, error) {
	n, row := 0, []string(nil)
	err := readBatches(source, func(batch *RecordBatch) {
		for i := range batch.Len() {
			row = batch.Row(i, row)
		}
		n += batch.Len()
	})
	return n, err
}

func readBatches(source io.Reader, take func(*RecordBatch)) error {
	r := newCSVReader(source)
	var g gathering
	for {
		found, err := r.scan()
		if g.rows > 0 && (err != nil || !found || !g.fits(r.raw())) {
			take(g.finish(r.fields))
		}
		if err != nil || !found {
			return err
		}
		g.add(r)
	}
}
