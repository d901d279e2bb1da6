package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const runsPath = prefix + "/runs"

type startRunInput struct {
	IDParam
	Client string        `header:"X-Reportsync-Client" maxLength:"40" doc:"Program that asks: terraform, cli or any other; the run's trigger is terraform, manual or api"`
	Body   *api.StartRun `doc:"What kind of run; a usual one, if left out"`
}

type startRunOutput struct {
	Location string `header:"Location" doc:"Path of the run"`
	Body     reportsync.Run
}

type runListInput struct {
	PageParams
	IntegrationID string                 `query:"integration_id" maxLength:"100" doc:"Only those of this integration, which may be deleted by now"`
	Status        []reportsync.RunStatus `query:"status,explode" enum:"queued,running,completed,completed_with_errors,failed,cancelled" doc:"Only those in one of these statuses; may be repeated"`
}

type runInput struct {
	IDParam
	Wait string `query:"wait" maxLength:"20" example:"20s" doc:"Answer only once status, stage or progress has changed or the run has ended, at the latest after this long; 30s at most"`
}

type runOutput struct{ Body reportsync.Run }

func (s *server) mountRuns() {
	register(s, reportsync.RoleOperator, huma.Operation{
		OperationID: "start-run", Method: http.MethodPost, Path: prefix + "/integrations/{id}/runs", Tags: []string{tagRuns},
		Summary: "Start a run on demand", Description: "Refused with 409 while another run of the integration is live; the answer names it.",
		DefaultStatus: http.StatusAccepted,
	}, s.startRun)
	register(s, reportsync.RoleViewer, huma.Operation{
		OperationID: "list-runs", Method: http.MethodGet, Path: runsPath, Tags: []string{tagRuns}, Summary: "List runs, newest first",
	}, s.listRuns)
	register(s, reportsync.RoleViewer, huma.Operation{
		OperationID: "get-run", Method: http.MethodGet, Path: runsPath + "/{id}", Tags: []string{tagRuns}, Summary: "Read a run, or wait for it",
	}, s.getRun)
	register(s, reportsync.RoleViewer, huma.Operation{
		OperationID: "get-run-log", Method: http.MethodGet, Path: runsPath + "/{id}/log", Tags: []string{tagRuns}, Summary: "Read the log of a run, oldest entry first",
	}, s.runLog)
	register(s, reportsync.RoleOperator, huma.Operation{
		OperationID: "cancel-run", Method: http.MethodPost, Path: runsPath + "/{id}/cancel", Tags: []string{tagRuns}, Summary: "End a run early",
		Description: "A queued run ends at once. A running one stops sending, waits for Salesforce's answers to what it sent, " +
			"and leaves the rest unprocessed.",
		DefaultStatus: http.StatusAccepted,
	}, s.cancelRun)
}

func (s *server) startRun(ctx context.Context, in *startRunInput) (*startRunOutput, error) {
	n := reportsync.NewRun{IntegrationID: in.ID, Trigger: triggerOf(in.Client)}
	if in.Body != nil {
		n.DryRun, n.FullResync, n.IgnoreGuards = in.Body.DryRun, in.Body.FullResync, in.Body.IgnoreGuards
	}
	run, err := s.runs.StartRun(ctx, n)
	if err != nil {
		return nil, err
	}
	return &startRunOutput{Location: runsPath + "/" + run.ID, Body: withLists(run)}, nil
}

// withLists makes the lists of a run empty where they are missing: no list in an answer is null.
func withLists(run reportsync.Run) reportsync.Run {
	if run.Jobs == nil {
		run.Jobs = []reportsync.BulkJob{}
	}
	return run
}

// triggerOf says what started a run, by the name that the asking program gives itself.
func triggerOf(client string) reportsync.Trigger {
	switch client {
	case api.ClientTerraform:
		return reportsync.TriggerTerraform
	case api.ClientCLI:
		return reportsync.TriggerManual
	}
	return reportsync.TriggerAPI
}

func (s *server) listRuns(ctx context.Context, in *runListInput) (*pageOutput[reportsync.Run], error) {
	if err := checkCursor(reportsync.RunID, in.Cursor); err != nil {
		return nil, err
	}
	items, next, err := s.store.Runs(ctx, store.RunFilter{
		IntegrationID: in.IntegrationID, Status: in.Status, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	for i := range items {
		items[i] = withLists(items[i])
	}
	return page(items, next), nil
}

func (s *server) getRun(ctx context.Context, in *runInput) (*runOutput, error) {
	wait, err := parseWait(in.Wait)
	if err != nil {
		return nil, err
	}
	run, err := s.store.Run(ctx, in.ID)
	if err == nil && wait > 0 {
		run, err = s.awaitChange(ctx, run, wait)
	}
	if err != nil {
		return nil, err
	}
	return &runOutput{Body: withLists(run)}, nil
}

type runLogInput struct {
	IDParam
	PageParams
}

// runLog pages by the number of the last entry, so that the log of a live run can be followed.
func (s *server) runLog(ctx context.Context, in *runLogInput) (*pageOutput[reportsync.LogEntry], error) {
	after, err := numberCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	entries, err := s.store.RunLog(ctx, in.ID, after, in.Limit)
	if err != nil {
		return nil, err
	}
	next := ""
	if len(entries) == in.Limit {
		next = strconv.FormatInt(entries[len(entries)-1].Seq, 10)
	}
	return page(entries, next), nil
}

// asker names who asks, as a run's log is to name them.
func asker(ctx context.Context) string {
	return fmt.Sprintf("the token %q", exchangeOf(ctx).token.Name)
}

func (s *server) cancelRun(ctx context.Context, in *IDParam) (*runOutput, error) {
	run, err := s.runs.CancelRun(ctx, in.ID, asker(ctx))
	if err != nil {
		return nil, err
	}
	return &runOutput{Body: withLists(run)}, nil
}
