package bulk

import "strings"

// uploadedRows counts the rows of an upload for the journal, before the job looks
// at what is in them: line breaks outside quotes, without the header's.
func uploadedRows(data string) int {
	breaks, quoted := 0, false
	for rest := data; rest != ""; quoted = !quoted {
		part, after, more := strings.Cut(rest, `"`)
		if !quoted {
			breaks += strings.Count(part, "\n")
		}
		if !more {
			break
		}
		rest = after
	}
	if data != "" && !strings.HasSuffix(data, "\n") {
		breaks++
	}
	return max(breaks-1, 0)
}
