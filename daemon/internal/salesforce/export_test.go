package salesforce

import "io"

// ParseRowError lets the fuzz test reach the parser of sf__Error.
var ParseRowError = parseRowError

// ReadCSV reads all rows with the reader of results.
func ReadCSV(source io.Reader) ([][]string, error) {
	r := newCSVReader(source)
	var rows [][]string
	for {
		found, err := r.scan()
		if err != nil || !found {
			return rows, err
		}
		rows = append(rows, r.texts(nil))
	}
}

// CountCSV reads all rows as a result is read, keeping none.
func CountCSV(source io.Reader) (int, error) {
	r := newCSVReader(source)
	var row []string
	for n := 0; ; n++ {
		found, err := r.scan()
		if err != nil || !found {
			return n, err
		}
		row = r.texts(row)
	}
}
