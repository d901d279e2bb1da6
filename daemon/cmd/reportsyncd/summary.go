package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// shownJobs is how many Bulk jobs a summary lists; runs --json has all.
const shownJobs = 10

// printSummary writes what a person wants to know of a run first.
func (p *program) printSummary(run reportsync.Run) error {
	rows := [][]string{
		{"Run", run.ID},
		{"Integration", fmt.Sprintf("%s, revision %d", run.IntegrationName, run.Revision)},
		{"Report", run.Report},
	}
	if v := run.ReportVersion; v != nil {
		rows = append(rows, []string{"", fmt.Sprintf("%d bytes of %s", v.Size, moment(&v.ModifiedAt, " UTC"))})
		if v.SHA256 != "" {
			rows = append(rows, []string{"", "SHA-256 " + v.SHA256})
		}
	}
	rows = append(rows, []string{"Object", run.Object})
	if o := run.Org; o != nil {
		rows = append(rows, []string{"Org", fmt.Sprintf("%s at %s, as %s", o.OrgID, o.Instance, userOf(*o))})
	}
	rows = append(rows,
		[]string{"Started", moment(run.StartedAt, " UTC")},
		[]string{"Runtime", runtimeOf(run)},
		[]string{"Status", status(run)},
	)
	if run.Waiting != nil {
		rows = append(rows, []string{"", harmless(run.Waiting.Reason)})
	}
	rows = append(rows, []string{"Rows", counts(run)})
	rows = append(rows, forecastRows(run)...)
	rows = append(rows,
		[]string{"API calls", strconv.FormatInt(run.APICalls, 10)},
		[]string{"Bulk batches", strconv.FormatInt(run.BulkBatches, 10)},
		[]string{"Bytes", fmt.Sprintf("%d sent, %d received", run.BytesSent, run.BytesReceived)},
	)
	rows = append(rows, jobRows(run.Jobs)...)
	if a := run.Artifact; a != nil {
		rows = append(rows,
			[]string{"Artifact", fmt.Sprintf("%s, %d bytes", a.Key, a.Bytes)},
			[]string{"", "SHA-256 " + a.SHA256})
	}
	if why := run.Partial(); why != "" {
		rows = append(rows, []string{"Outcomes", "partial: " + why})
	}
	rows = append(rows, errorRows("Error", run.Error)...)
	rows = append(rows, errorRows("Would stop", run.WouldStop)...)
	return table(p.out, rows)
}

func errorRows(title string, e *reportsync.RunError) [][]string {
	if e == nil {
		return nil
	}
	rows := [][]string{{title, fmt.Sprintf("%s (%s)", harmless(e.Message), e.Code)}}
	if e.Hint != "" {
		rows = append(rows, []string{"", harmless(e.Hint)})
	}
	return rows
}

func userOf(o reportsync.OrgIdentity) string {
	if o.Username != "" {
		return harmless(o.Username)
	}
	return o.UserID
}

func jobRows(jobs []reportsync.BulkJob) [][]string {
	var rows [][]string
	title := "Bulk jobs"
	for i, j := range jobs {
		if i == shownJobs {
			return append(rows, []string{"", fmt.Sprintf("and %d more", len(jobs)-i)})
		}
		rows = append(rows, []string{title, fmt.Sprintf("%s %s, %s", j.ID, j.Operation, plural(j.Rows, "record"))})
		title = ""
	}
	return rows
}

func status(run reportsync.Run) string {
	text := strings.ReplaceAll(statusOf(run), "_", " ")
	if run.DryRun {
		text += " (dry run: nothing was written)"
	}
	if run.IgnoreGuards {
		text += " (guards were ignored)"
	}
	return text
}

// counts leaves out what did not happen.
func counts(run reportsync.Run) string {
	parts := []string{fmt.Sprintf("%d read", run.Counts.Read)}
	for _, kind := range reportsync.OutcomeKinds {
		if n := *run.Counts.Of(kind); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind))
		}
	}
	return strings.Join(parts, ", ")
}

// moment shows a time in UTC, as everything that reportsync shows.
func moment(t *time.Time, suffix string) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(timeLayout) + suffix
}

func runtimeOf(run reportsync.Run) string {
	if run.RuntimeSeconds == nil {
		return "-"
	}
	return (time.Duration(math.Round(*run.RuntimeSeconds*1000)) * time.Millisecond).String()
}
