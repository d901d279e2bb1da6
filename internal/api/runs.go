package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// MaxRunWait is the longest that the daemon keeps a request for a run waiting.
const MaxRunWait = 30 * time.Second

// RunQuery narrows a list of runs.
type RunQuery struct {
	IntegrationID string                 // of this integration; empty for all
	Status        []reportsync.RunStatus // in one of these statuses; empty for all
	Limit         int                    // so many at most; 0 for all
}

// OutcomeQuery narrows a list of outcomes.
type OutcomeQuery struct {
	Kinds []reportsync.OutcomeKind // of one of these kinds; empty for all
	Limit int                      // so many at most; 0 for all
	// Partial is called with the reason when a page says that the outcomes are not those of all rows; nil where nobody cares.
	Partial func(reason string)
}

// StartRun starts a run on demand. Repeated with the same key within a day it starts no other and returns the first;
// an empty key stands for a new one.
func (c *Client) StartRun(ctx context.Context, integrationID string, start StartRun, idempotencyKey string) (reportsync.Run, error) {
	if idempotencyKey == "" {
		idempotencyKey = uuid.NewString()
	}
	return send[reportsync.Run](ctx, c, request{
		method: http.MethodPost, path: "/integrations/{id}/runs", pathParams: map[string]string{"id": integrationID},
		body: start, idempotencyKey: idempotencyKey,
	})
}

// Run reads a run; [reportsync.CodeNotFound] means that it is gone.
func (c *Client) Run(ctx context.Context, id string) (reportsync.Run, error) {
	return c.run(ctx, id, nil)
}

// WaitRun reads a run once its status, stage or progress has changed, at once if it has ended, and in any case after
// wait, of which the daemon grants [MaxRunWait] and the client half its timeout. Callers repeat it until the run has
// ended.
func (c *Client) WaitRun(ctx context.Context, id string, wait time.Duration) (reportsync.Run, error) {
	wait = min(wait, MaxRunWait, c.timeout/2)
	return c.run(ctx, id, url.Values{"wait": {wait.String()}})
}

func (c *Client) run(ctx context.Context, id string, query url.Values) (reportsync.Run, error) {
	return send[reportsync.Run](ctx, c, request{method: http.MethodGet, path: "/runs/{id}", pathParams: map[string]string{"id": id}, query: query})
}

// Runs walks through the runs, newest first.
func (c *Client) Runs(ctx context.Context, q RunQuery) iter.Seq2[reportsync.Run, error] {
	query := url.Values{}
	if q.IntegrationID != "" {
		query.Set("integration_id", q.IntegrationID)
	}
	for _, s := range q.Status {
		query.Add("status", string(s))
	}
	return all[reportsync.Run](ctx, c, request{path: "/runs", query: query}, q.Limit)
}

// CancelRun ends a run: a queued one at once, a running one as soon as what is in flight has settled.
func (c *Client) CancelRun(ctx context.Context, id string) (reportsync.Run, error) {
	return send[reportsync.Run](ctx, c, request{
		method: http.MethodPost, path: "/runs/{id}/cancel", pathParams: map[string]string{"id": id},
		idempotencyKey: uuid.NewString(),
	})
}

// RunLog walks through the log of a run, oldest entry first.
func (c *Client) RunLog(ctx context.Context, id string) iter.Seq2[reportsync.LogEntry, error] {
	return all[reportsync.LogEntry](ctx, c, request{path: "/runs/{id}/log", pathParams: map[string]string{"id": id}}, 0)
}

// Outcomes walks through what became of the rows of a run, in the order of the report.
func (c *Client) Outcomes(ctx context.Context, id string, q OutcomeQuery) iter.Seq2[reportsync.Outcome, error] {
	query := url.Values{}
	for _, k := range q.Kinds {
		query.Add("outcome", string(k))
	}
	list := request{path: "/runs/{id}/outcomes", pathParams: map[string]string{"id": id}, query: query}
	return walk(list, q.Limit, func(r request) (Page[reportsync.Outcome], error) {
		page, err := send[OutcomePage](ctx, c, r)
		if page.Partial && q.Partial != nil {
			q.Partial(page.PartialReason)
		}
		return page.Page, err
	})
}
