package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func (p *program) runsCommand() *cobra.Command {
	var of string
	var statuses []string
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List runs, newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := api.RunQuery{Limit: limit}
			for _, s := range statuses {
				status, err := oneOf("--status", reportsync.RunStatus(s), reportsync.RunStatuses)
				if err != nil {
					return err
				}
				query.Status = append(query.Status, status)
			}
			if limit < 1 {
				return reportsync.Errorf(reportsync.CodeInvalid, "--limit %d: must be at least 1", limit)
			}
			client, err := p.connect()
			if err != nil {
				return err
			}
			defer client.Close()
			if of != "" {
				found, err := integration(cmd.Context(), client, of)
				if err != nil {
					return err
				}
				query.IntegrationID = found.ID
			}
			runs, err := api.Collect(client.Runs(cmd.Context(), query))
			if err != nil {
				return err
			}
			if asJSON {
				return printList(p, runs)
			}
			return p.printRuns(runs)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&of, "integration", "", "only runs of this integration, by `name or id`")
	flags.StringSliceVar(&statuses, "status", nil, "only runs in these `statuses`: "+join(reportsync.RunStatuses))
	flags.IntVar(&limit, "limit", 20, "so many at most")
	flags.BoolVar(&asJSON, "json", false, "show the runs as JSON")
	return cmd
}

func (p *program) printRuns(runs []reportsync.Run) error {
	rows := [][]string{{"RUN", "INTEGRATION", "REPORT", "OBJECT", "STARTED (UTC)", "RUNTIME", "STATUS", "ROWS"}}
	for _, r := range runs {
		rows = append(rows, []string{
			r.ID, r.IntegrationName, r.Report, r.Object, moment(r.StartedAt, ""), runtimeOf(r), statusOf(r), counts(r),
		})
	}
	return table(p.out, rows)
}

// statusOf is a run's status, and for a waiting one what it waits for.
func statusOf(run reportsync.Run) string {
	if run.Status == reportsync.RunQueued {
		return queued(run)
	}
	return string(run.Status)
}

// oneOf checks a flag's value against those that exist.
func oneOf[T ~string](flag string, value T, allowed []T) (T, error) {
	names := make([]string, len(allowed))
	for i, a := range allowed {
		if a == value {
			return value, nil
		}
		names[i] = string(a)
	}
	return "", reportsync.Errorf(reportsync.CodeInvalid, "%s %q is not one of %s%s",
		flag, value, strings.Join(names, ", "), reportsync.DidYouMean(string(value), names))
}

func join[T ~string](values []T) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return strings.Join(names, ", ")
}
