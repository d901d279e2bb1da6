package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// The org that the works write to, and what feeds which of its fields.
const (
	schemaText = `object "Contact" {
  field "Onboarding_Status__c" {
    type   = "picklist"
    values = ["Not Started", "In Progress", "Stuck", "Completed"]
  }
  field "Sessions_30d__c" {
    type      = "number"
    precision = 9
    scale     = 0
  }
  field "Last_Seen__c" { type = "datetime" }
  field "Plan__c" {
    type   = "text"
    length = 80
  }
}
`
	orgHeader    = "LastName,Email,Onboarding_Status__c,Sessions_30d__c,Last_Seen__c,Plan__c\n"
	reportHeader = "User Email,Onboarding Status,Sessions (30d),Last Seen (UTC),Plan\n"
	keyColumn    = "User Email"
	keyField     = "Email"
)

var mappings = map[string]reportsync.Mapping{
	"Onboarding_Status__c": {Column: new("Onboarding Status")},
	"Sessions_30d__c":      {Column: new("Sessions (30d)")},
	"Last_Seen__c":         {Column: new("Last Seen (UTC)")},
	"Plan__c":              {Column: new("Plan")},
}

var (
	statuses = []string{"Not Started", "In Progress", "Stuck", "Completed"}
	plans    = []string{`"Enterprise, annual"`, "Team monthly", "Trial", "Enterprise (legacy contract)"} // as CSV
	lastSeen = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// data describes a report onto an org: which of the org's contacts it holds, and in how many of them something changed.
// The same description makes the same bytes on every machine.
type data struct {
	rows       int
	first      int // number of the first contact
	permille   int // of rows that differ from the org
	generation int // differing rows differ from those of other generations too; above 0
}

// stride takes the rows of a report out of the order in which the org has them; it is prime, so that each comes once.
const stride = 7919

// changed reports whether a contact's row differs from the org.
func (d data) changed(contact int) bool { return contact%1000 < d.permille }

// counts is how a run over the report must end.
func (d data) counts() reportsync.Counts {
	counts := reportsync.Counts{Read: int64(d.rows)}
	for n := range d.rows {
		if d.changed(d.first + n) {
			counts.Updated++
		}
	}
	counts.Unchanged = counts.Read - counts.Updated
	return counts
}

// writeReport writes the report.
func (d data) writeReport(path string) error {
	if d.rows%stride == 0 {
		return fmt.Errorf("write %s: %d rows can't be mixed by steps of %d", path, d.rows, stride)
	}
	return writeLines(path, reportHeader, d.rows, func(line []byte, n int) []byte {
		contact := d.first + n*stride%d.rows
		generation := 0
		if d.changed(contact) {
			generation = d.generation
		}
		return append(appendValues(appendEmail(line, contact), contact, generation), '\n')
	})
}

// writeContacts writes the first contacts of an org, to be loaded into it.
func writeContacts(path string, rows int) error {
	return writeLines(path, orgHeader, rows, func(line []byte, n int) []byte {
		line = strconv.AppendInt(append(line, "Doe "...), int64(n), 10)
		return append(appendValues(appendEmail(append(line, ','), n), n, 0), '\n')
	})
}

func appendEmail(line []byte, contact int) []byte {
	return fmt.Appendf(line, "user%08d@acme.example", contact)
}

// appendValues appends what the mapped columns hold.
func appendValues(line []byte, contact, generation int) []byte {
	line = append(append(line, ','), statuses[contact%len(statuses)]...)
	line = strconv.AppendInt(append(line, ','), int64(contact%500+generation*1000), 10)
	line = lastSeen.Add(time.Duration(contact%250_000)*time.Minute).AppendFormat(append(line, ','), time.RFC3339)
	return append(append(line, ','), plans[contact/len(statuses)%len(plans)]...)
}

// writeLines writes a header and a line for each number below rows.
func writeLines(path, header string, rows int, appendLine func(line []byte, n int) []byte) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriterSize(file, 1<<20)
	_, _ = io.WriteString(out, header) // an error comes again at Flush
	var line []byte
	for n := range rows {
		line = appendLine(line[:0], n)
		_, _ = out.Write(line)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return file.Close()
}
