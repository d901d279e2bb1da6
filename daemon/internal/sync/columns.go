package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Reports is where the report of an integration comes from. [*report.Files] is one.
type Reports interface {
	Resolve(ctx context.Context, pattern string) (reportsync.ReportVersion, error)
	Open(ctx context.Context, v reportsync.ReportVersion) (*report.Reader, error)
}

// checkReport compares the spec with the newest report there is.
func checkReport(ctx context.Context, reports Reports, spec reportsync.IntegrationSpec) ([]reportsync.FieldError, error) {
	version, err := reports.Resolve(ctx, spec.Report)
	if err != nil {
		return blameReport(err)
	}
	reader, err := reports.Open(ctx, version)
	if err != nil {
		return blameReport(err)
	}
	problems := checkColumns(reader, spec)
	if err := reader.Close(); err != nil {
		return nil, fmt.Errorf("close report %s: %w", version.Path, err)
	}
	return problems, nil
}

// blameReport turns errors that are the spec's fault into problems with /report.
func blameReport(err error) ([]reportsync.FieldError, error) {
	e, ok := errors.AsType[*reportsync.Error](err)
	if !ok || e.Code != reportsync.CodeReportNotFound && e.Code != reportsync.CodeReportUnreadable {
		return nil, err
	}
	detail := e.Message
	if e.Hint != "" {
		detail += " (" + e.Hint + ")"
	}
	return []reportsync.FieldError{{Pointer: "/report", Code: e.Code, Detail: detail}}, nil
}

// checkColumns compares the columns that the spec reads with those of the report.
func checkColumns(reader *report.Reader, spec reportsync.IntegrationSpec) []reportsync.FieldError {
	var p problems
	p.column("/match/column", reader, spec.Match.Column)
	for _, field := range spec.Fields() {
		at := []string{"column"}
		if spec.Mappings[field].Lookup != nil {
			at = []string{"lookup", "column"}
		}
		if column, fed := spec.Mappings[field].Source(); fed {
			p.column(reportsync.MappingPointer(field, at...), reader, column)
		}
	}
	if column := spec.OrderBy(); column != "" {
		p.column("/duplicates/order_by", reader, column)
	}
	return p
}

func (p *problems) column(pointer string, reader *report.Reader, name string) {
	times := 0
	for _, c := range reader.Columns() {
		if c == name {
			times++
		}
	}
	switch times {
	case 0:
		p.add(pointer, reportsync.CodeColumnNotFound, "report %s has no column %q%s", reader.Version().Path, name, columnHint(name, reader.Columns()))
	case 1:
	default:
		p.add(pointer, reportsync.CodeReportUnreadable, "report %s has %d columns named %q: rename all but one", reader.Version().Path, times, name)
	}
}

// columnHint offers the column that was meant. A difference in case or blanks alone comes first, because it is hard to
// see.
func columnHint(name string, columns []string) string {
	for _, c := range columns {
		if squash(c) == squash(name) {
			return fmt.Sprintf("; did you mean %q?", c)
		}
	}
	if hint := reportsync.DidYouMean(name, columns); hint != "" {
		return hint
	}
	if len(columns) == 1 {
		for _, delimiter := range []string{";", "\t", "|"} {
			if strings.Contains(columns[0], delimiter) {
				return fmt.Sprintf("; its header is one cell that contains %q: columns must be parted by commas", delimiter)
			}
		}
	}
	return "; it has " + enumerate(columns)
}

// squash drops what is easily overlooked: case, blanks of every kind, and a byte order mark.
func squash(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("\ufeff", "", "\u00a0", " ").Replace(name)), ""))
}
