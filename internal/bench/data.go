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

// The org that the works write to, and a report in the shape of an Insights export: eight columns, of which five are read.
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
  field "Usage_Account__c" {
    type   = "text"
    length = 80
  }
}
`
	orgHeader    = "LastName,Email,Usage_Account__c,Onboarding_Status__c,Sessions_30d__c,Last_Seen__c\n"
	reportHeader = "Account Name,End User ID,User Email,Onboarding Status,Sessions (30d),Last Seen (UTC),NPS Answer,Feature Tags\n"
	keyColumn    = "User Email"
	keyField     = "Email"
)

var mappings = map[string]reportsync.Mapping{
	"Usage_Account__c":     {Column: new("Account Name")},
	"Onboarding_Status__c": {Column: new("Onboarding Status")},
	"Sessions_30d__c":      {Column: new("Sessions (30d)")},
	"Last_Seen__c":         {Column: new("Last Seen (UTC)")},
}

var (
	statuses = []string{"Not Started", "In Progress", "Stuck", "Completed"}
	accounts = []string{`"Globex ""EMEA"""`, `"Acme, Inc."`, "Umbrella & Söhne", "Initech"} // as CSV
	features = []string{"Mobile;Dashboards", "Api", "Dashboards;Api;Workflows", "", "Reports;Mobile"}
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
		line = append(line, accountOf(contact)...)
		line = fmt.Appendf(line, ",acme_%08x-7f76-95f5-6fce-%012x,", contact, contact*stride)
		line = appendUsage(appendEmail(line, contact), contact, generation, "2006-01-02 15:04:05")
		return fmt.Appendf(line, ",%d,%s\n", contact%11, features[contact%len(features)])
	})
}

// writeContacts writes the first contacts of an org, to be loaded into it.
func writeContacts(path string, rows int) error {
	return writeLines(path, orgHeader, rows, func(line []byte, n int) []byte {
		line = appendEmail(fmt.Appendf(line, "Doe %d,", n), n)
		line = append(append(line, ','), accountOf(n)...)
		return append(appendUsage(line, n, 0, time.RFC3339), '\n')
	})
}

func appendEmail(line []byte, contact int) []byte {
	return fmt.Appendf(line, "user%08d@acme.example", contact)
}

func accountOf(contact int) string { return accounts[contact/len(statuses)%len(accounts)] }

// appendUsage appends how far a contact is, how often it was there, and when last.
func appendUsage(line []byte, contact, generation int, layout string) []byte {
	line = append(append(line, ','), statuses[contact%len(statuses)]...)
	line = strconv.AppendInt(append(line, ','), int64(contact%500+generation*1000), 10)
	return lastSeen.Add(time.Duration(contact%250_000)*time.Minute).AppendFormat(append(line, ','), layout)
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
