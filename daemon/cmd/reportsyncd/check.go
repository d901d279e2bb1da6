package main

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
)

// finding is a line of the check command's JSON.
type finding struct {
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Detail  string `json:"detail"`
	Warning string `json:"warning,omitempty"`
}

func (p *program) checkCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, the database, and everything that the daemon connects to",
		Long: `Check the configuration file, the bucket of artifacts (by an object that is written, read
and deleted again), the encryption key, the database, a login at every connection and the
folder of every source. While a daemon runs, connections are tried through it; folders and
the bucket are opened with your rights, not with the daemon's. Exits with 1 if anything is
wrong. A database of an older version is brought up to date, as "serve" would do.

With --endpoint or $REPORTSYNC_ENDPOINT the daemon there is asked instead: whether it
answers, and whether its connections log in.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := p.check(cmd)
			well := true
			for _, f := range findings {
				well = well && f.OK
			}
			if err := p.printFindings(findings, asJSON); err != nil {
				return err
			}
			if !well {
				return outcome(exitFailed)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "show the findings as JSON")
	return cmd
}

// check goes on with what it can: a mistake in the file keeps from everything else. What stands on this machine says
// nothing about a daemon that is named.
func (p *program) check(cmd *cobra.Command) []finding {
	if cmp.Or(p.endpoint, p.getenv(api.EnvEndpoint)) != "" {
		return shown(daemon.CheckRunning(cmd.Context(), p.connect))
	}
	cfg, err := config.Load(p.configFile, p.getenv)
	if err != nil {
		return []finding{{Check: "configuration", Detail: explain(err)}}
	}
	detail := p.configFile
	if detail == "" {
		detail = "no file, defaults"
	}
	findings := []finding{{Check: "configuration", OK: true, Detail: detail}}
	return append(findings, shown(daemon.SelfCheck(cmd.Context(), daemon.FromConfig(cfg), p.connect))...)
}

// shown puts errors into the words that every command uses.
func shown(found []daemon.Finding) []finding {
	var findings []finding
	for _, f := range found {
		line := finding{Check: f.What, OK: f.Err == nil, Detail: f.Detail, Warning: f.Warning}
		if f.Err != nil {
			line.Detail = explain(f.Err)
		}
		findings = append(findings, line)
	}
	return findings
}

func (p *program) printFindings(findings []finding, asJSON bool) error {
	if asJSON {
		return p.printJSON(findings)
	}
	rows := [][]string{{"CHECK", "RESULT", "DETAIL"}}
	for _, f := range findings {
		result := "ok"
		if !f.OK {
			result = "FAILED"
		}
		rows = append(rows, []string{f.Check, result, indent(f.Detail)})
		if f.Warning != "" {
			rows = append(rows, []string{"", "warning", indent(f.Warning)})
		}
	}
	return table(p.out, rows)
}
