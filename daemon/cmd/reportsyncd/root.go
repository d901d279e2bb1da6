package main

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// streams are where a command writes: results to out, everything about them to err.
type streams struct {
	out, err io.Writer
	terminal bool // err is a terminal, so that progress may redraw its line
}

func standardStreams() streams {
	return streams{out: os.Stdout, err: os.Stderr, terminal: term.IsTerminal(int(os.Stderr.Fd()))}
}

// program is what every command shares.
type program struct {
	streams

	getenv func(string) string

	configFile string
	endpoint   string
	tokenFile  string
	caFile     string
}

// execute runs the program and returns its exit code.
func execute(ctx context.Context, args []string, s streams, getenv func(string) string) int {
	p := &program{streams: s, getenv: getenv}
	root := p.root()
	root.SetArgs(args)
	root.SetOut(s.out)
	root.SetErr(s.err)
	return p.exit(root.ExecuteContext(ctx))
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		SuggestionsMinimumDistance: 2,
		Use:                        "reportsyncd",
		Short:                      "Keep Salesforce records up to date from reports",
		Long: `reportsyncd keeps Salesforce records up to date from reports.

"reportsyncd serve" runs the daemon. The other commands talk to a running daemon: the
one at --endpoint or $REPORTSYNC_ENDPOINT, else the one whose state folder the
configuration names, else http://127.0.0.1:8627. They use the token in
$REPORTSYNC_TOKEN or --token-file, else the admin token in that state folder.

Exit codes: 0 the work was done, 1 it was not, 2 a followed run went through but some
rows were rejected, 130 interrupted.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE:          group,
		CompletionOptions: cobra.CompletionOptions{
			HiddenDefaultCmd: true,
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&p.configFile, "config", "", "configuration `file` of the daemon (default: none, all settings at their defaults)")
	flags.StringVar(&p.endpoint, "endpoint", "", "`URL` of the daemon")
	flags.StringVar(&p.tokenFile, "token-file", "", "`file` that holds the token")
	flags.StringVar(&p.caFile, "ca-file", "", "PEM `file` of authorities to trust beside the system's")
	root.AddCommand(
		p.serveCommand(), p.checkCommand(), p.runCommand(), p.runsCommand(), p.logCommand(),
		p.outcomesCommand(), p.cancelCommand(), p.tokenCommand(), p.versionCommand(),
	)
	return root
}

// group answers for a command that only holds others: without arguments with its help, else with what may be meant.
func group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	err := reportsync.Errorf(reportsync.CodeInvalid, "%s has no command %q", cmd.CommandPath(), args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return err.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return err.WithHint("%s --help lists them", cmd.CommandPath())
}

// one asks for exactly one argument, in words.
func one(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && strings.TrimSpace(args[0]) != "" {
			return nil
		}
		if len(args) == 1 {
			return reportsync.Errorf(reportsync.CodeInvalid, "%s takes %s, not an empty text", cmd.CommandPath(), what)
		}
		return reportsync.Errorf(reportsync.CodeInvalid, "%s takes one argument, %s, not %d", cmd.CommandPath(), what, len(args)).
			WithHint("%s --help shows how", cmd.CommandPath())
	}
}
