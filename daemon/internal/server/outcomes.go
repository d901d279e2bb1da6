package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

type outcomesInput struct {
	IDParam
	PageParams
	Outcome []reportsync.OutcomeKind `query:"outcome,explode" enum:"updated,created,unchanged,unmatched,ambiguous,duplicate,invalid,failed,unprocessed" doc:"Only rows with one of these outcomes; may be repeated"`
	Accept  string                   `header:"Accept" doc:"text/csv for all rows from the cursor on as one file; JSON pages otherwise"`
}

func (s *server) mountOutcomes() {
	pages := huma.SchemaFromType(s.api.OpenAPI().Components.Schemas, reflect.TypeFor[api.OutcomePage]())
	register(s, reportsync.RoleOperator, huma.Operation{
		OperationID: "get-run-outcomes", Method: http.MethodGet, Path: runsPath + "/{id}/outcomes", Tags: []string{tagRuns},
		Summary: "Read what became of the rows of a run, in the order of the report",
		Description: "All rows are there once the run has ended and has an artifact. Before, and where none could be written, it is " +
			"those that were to be written to Salesforce, once their outcome stands: pages then say that they are partial, and why, and CSV " +
			"says why in the header " + api.HeaderPartial + ". In CSV, a cell that begins with =, +, -, @, a tab or a carriage " +
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
	after, err := numberCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	filter := artifact.Filter{Kinds: in.Outcome, After: after}
	asCSV := negotiation.SelectQValue(in.Accept, []string{"application/json", contentTypeCSV}) == contentTypeCSV
	if asCSV {
		in.Limit = api.MaxPageSize
	}
	first, err := s.outcomesPage(ctx, in.ID, filter, in.Limit)
	if err != nil {
		return nil, err
	}
	if asCSV {
		return &huma.StreamResponse{Body: func(hc huma.Context) { s.streamCSV(hc, in.ID, filter, first) }}, nil
	}
	var body bytes.Buffer
	if err := s.api.Marshal(&body, "application/json", first); err != nil {
		return nil, fmt.Errorf("encode outcomes: %w", err)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", "application/json")
		hc.SetStatus(http.StatusOK)
		hc.BodyWriter().Write(body.Bytes()) //nolint:errcheck // the client has gone; there is nobody to tell
	}}, nil
}

// outcomesPage returns a page, and says so if there are rows whose outcomes are on none.
func (s *server) outcomesPage(ctx context.Context, runID string, f artifact.Filter, size int) (api.OutcomePage, error) {
	journal := false
	first := api.OutcomePage{Page: api.Page[reportsync.Outcome]{Items: []reportsync.Outcome{}}}
	for o, err := range s.outcomesOf(ctx, runID, f, &journal) {
		if err != nil {
			return first, err
		}
		if len(first.Items) == size {
			first.NextCursor = strconv.FormatInt(first.Items[size-1].Row, 10)
			break
		}
		first.Items = append(first.Items, o)
	}
	if !journal {
		return first, nil
	}
	run, err := s.store.Run(ctx, runID)
	if err != nil {
		return first, err
	}
	if run.Artifact != nil {
		run.Artifact, run.Status = nil, reportsync.RunRunning // as it was when the page was read
	}
	first.PartialReason = run.Partial()
	first.Partial = first.PartialReason != ""
	return first, nil
}

// outcomesOf walks through the outcomes of a run: those that its journal has until it has ended, and then those of its
// artifact, where it has one. A run may end in between. It sets journal when it asked the journal, which does not know of
// all rows.
func (s *server) outcomesOf(ctx context.Context, runID string, f artifact.Filter, journal *bool) iter.Seq2[reportsync.Outcome, error] {
	return func(yield func(reportsync.Outcome, error) bool) {
		for {
			rows, next, err := s.store.Outcomes(ctx, runID, store.OutcomeFilter{
				Kinds: f.Kinds, Cursor: strconv.FormatInt(f.After, 10), Limit: api.MaxPageSize,
			})
			if errors.Is(err, store.ErrInArtifact) {
				s.artifactOutcomes(ctx, runID, f)(yield)
				return
			}
			if err != nil {
				yield(reportsync.Outcome{}, err)
				return
			}
			*journal = true
			for _, o := range rows {
				if !yield(o, nil) {
					return
				}
				f.After = o.Row
			}
			if next == "" {
				return
			}
		}
	}
}

func (s *server) artifactOutcomes(ctx context.Context, runID string, f artifact.Filter) iter.Seq2[reportsync.Outcome, error] {
	run, err := s.store.Run(ctx, runID)
	if err == nil && run.Artifact == nil {
		err = fmt.Errorf("read the outcomes of the run %s: %w, and it has none", runID, store.ErrInArtifact)
	}
	if err != nil {
		return func(yield func(reportsync.Outcome, error) bool) { yield(reportsync.Outcome{}, err) }
	}
	return s.artifacts.Outcomes(ctx, *run.Artifact, f)
}
