package server

import (
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	contentTypeCSV = "text/csv"
	csvPageTimeout = time.Minute // for the client to take a page
)

// streamCSV writes the first page and all that follow. Once it has begun, a failure can only be shown by breaking the
// connection off: a file that ends early must not look whole.
func (s *server) streamCSV(hc huma.Context, runID string, filter artifact.Filter, first api.OutcomePage) {
	hc.SetHeader("Content-Type", contentTypeCSV+"; charset=utf-8")
	hc.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", runID+"-outcomes.csv"))
	if first.Partial {
		hc.SetHeader(api.HeaderPartial, first.PartialReason)
	}
	hc.SetStatus(http.StatusOK)
	_, rw := humago.Unwrap(hc)
	f := &csvFile{out: csv.NewWriter(rw), control: http.NewResponseController(rw)}
	err := f.out.Write(api.OutcomeColumns)
	for i := 0; err == nil && i < len(first.Items); i++ {
		err = f.add(first.Items[i])
	}
	if err == nil && first.NextCursor != "" {
		filter.After = first.Items[len(first.Items)-1].Row
		err = f.addAll(s.outcomesOf(hc.Context(), runID, filter, new(bool)))
	}
	f.out.Flush()
	if err = errors.Join(err, f.out.Error()); err != nil {
		if hc.Context().Err() == nil {
			s.log.Error("CSV of outcomes broken off", "request_id", exchangeOf(hc.Context()).requestID, "run", runID, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// csvFile is outcomes as CSV on their way to a client.
type csvFile struct {
	out     *csv.Writer
	control *http.ResponseController
	rows    int
}

func (f *csvFile) addAll(rows iter.Seq2[reportsync.Outcome, error]) error {
	for o, err := range rows {
		if err != nil {
			return err
		}
		if err := f.add(o); err != nil {
			return err
		}
	}
	return nil
}

func (f *csvFile) add(o reportsync.Outcome) error {
	if f.rows%api.MaxPageSize == 0 {
		// A long file takes longer than any other answer: it may go on while the client keeps reading.
		if err := f.control.SetWriteDeadline(time.Now().Add(csvPageTimeout)); err != nil {
			return fmt.Errorf("give the client more time: %w", err)
		}
	}
	f.rows++
	record, err := api.OutcomeRecord(o)
	if err != nil {
		return err
	}
	if err := f.out.Write(record); err != nil {
		return fmt.Errorf("write row %d: %w", o.Row, err)
	}
	return nil
}
