package server

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/negotiation"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	contentTypeCSV = "text/csv"
	csvPageTimeout = time.Minute // for the client to take a page
)

type outcomesInput struct {
	IDParam
	PageParams
	Outcome []reportsync.OutcomeKind `query:"outcome,explode" enum:"updated,created,unchanged,unmatched,ambiguous,duplicate,invalid,failed,unprocessed" doc:"Only rows with one of these outcomes; may be repeated"`
	Accept  string                   `header:"Accept" doc:"text/csv for all rows from the cursor on as one file; JSON pages otherwise"`
}

func (s *server) mountOutcomes() {
	pages := huma.SchemaFromType(s.api.OpenAPI().Components.Schemas, reflect.TypeFor[api.Page[reportsync.Outcome]]())
	register(s, reportsync.RoleOperator, huma.Operation{
		OperationID: "get-run-outcomes", Method: http.MethodGet, Path: runsPath + "/{id}/outcomes", Tags: []string{tagRuns},
		Summary: "Read what became of the rows of a run, in the order of the report",
		Description: "Rows of a live run appear once their outcome stands. In CSV, a cell that begins with =, +, -, @, a tab or a carriage " +
			"return has an apostrophe in front, so that no spreadsheet takes it for a formula; JSON is exact.",
		Responses: map[string]*huma.Response{"200": {
			Description: "A page, or the whole as CSV",
			Content: map[string]*huma.MediaType{
				"application/json": {Schema: pages},
				contentTypeCSV:     {Schema: &huma.Schema{Type: huma.TypeString, Description: "A line with the column names, then one for each row"}},
			},
		}},
	}, s.outcomes)
}

// outcomes fetches the first page before it answers, so that what goes wrong by then is a problem and no broken file.
func (s *server) outcomes(ctx context.Context, in *outcomesInput) (*huma.StreamResponse, error) {
	if _, err := numberCursor(in.Cursor); err != nil {
		return nil, err
	}
	filter := store.OutcomeFilter{Kinds: in.Outcome, Cursor: in.Cursor, Limit: in.Limit}
	asCSV := negotiation.SelectQValue(in.Accept, []string{"application/json", contentTypeCSV}) == contentTypeCSV
	if asCSV {
		filter.Limit = api.MaxPageSize
	}
	rows, next, err := s.store.Outcomes(ctx, in.ID, filter)
	if err != nil {
		return nil, err
	}
	if asCSV {
		return &huma.StreamResponse{Body: func(hc huma.Context) { s.streamCSV(hc, in.ID, filter, rows, next) }}, nil
	}
	var body bytes.Buffer
	if err := s.api.Marshal(&body, "application/json", page(rows, next).Body); err != nil {
		return nil, fmt.Errorf("encode outcomes: %w", err)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", "application/json")
		hc.SetStatus(http.StatusOK)
		hc.BodyWriter().Write(body.Bytes()) //nolint:errcheck // the client has gone; there is nobody to tell
	}}, nil
}

// streamCSV writes page after page. Once it has begun, a failure can only be shown by breaking the connection off:
// a file that ends early must not look whole.
func (s *server) streamCSV(hc huma.Context, runID string, filter store.OutcomeFilter, rows []reportsync.Outcome, next string) {
	hc.SetHeader("Content-Type", contentTypeCSV+"; charset=utf-8")
	hc.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", runID+"-outcomes.csv"))
	hc.SetStatus(http.StatusOK)
	_, rw := humago.Unwrap(hc)
	control := http.NewResponseController(rw)
	w := csv.NewWriter(rw)
	err := w.Write(api.OutcomeColumns)
	for err == nil {
		// A long file takes longer than any other answer: it may go on while the client keeps reading.
		if err = control.SetWriteDeadline(time.Now().Add(csvPageTimeout)); err != nil {
			break
		}
		if err = writeOutcomes(w, rows); err != nil || next == "" {
			break
		}
		filter.Cursor = next
		rows, next, err = s.store.Outcomes(hc.Context(), runID, filter)
	}
	w.Flush()
	if err != nil || w.Error() != nil {
		if hc.Context().Err() == nil {
			s.log.Error("CSV of outcomes broken off", "request_id", exchangeOf(hc.Context()).requestID, "run", runID, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

func writeOutcomes(w *csv.Writer, rows []reportsync.Outcome) error {
	for _, o := range rows {
		record, err := api.OutcomeRecord(o)
		if err != nil {
			return err
		}
		if err := w.Write(record); err != nil {
			return fmt.Errorf("write row %d: %w", o.Row, err)
		}
	}
	w.Flush()
	return w.Error()
}
