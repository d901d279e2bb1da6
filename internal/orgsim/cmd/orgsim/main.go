// Command orgsim runs a Salesforce org in a box and asks a running one what it
// holds and what it was asked.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// version is set by the linker.
var version = "dev"

func main() { os.Exit(run()) }

// run returns the exit code: 0 only when what was asked for was done.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "orgsim:", told(err))
		return 1
	}
	return 0
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "orgsim",
		Short:         "A Salesforce org in a box",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	ofSubcommands(root)
	root.AddCommand(serveCommand(), faultCommand(), queryCommand(), historyCommand(), journalCommand(), loadCommand(), dumpCommand(), resetCommand())
	return root
}

// ofSubcommands makes a command print its help when it stands alone, and refuse
// what is none of its subcommands.
func ofSubcommands(cmd *cobra.Command) {
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var names []string
		for _, sub := range cmd.Commands() {
			names = append(names, sub.Name())
		}
		return fmt.Errorf("%s has no command %q%s; see %s --help", cmd.CommandPath(), args[0], reportsync.DidYouMean(args[0], names), cmd.CommandPath())
	}
}

// told is the text of an error with all that is wrong with a file, of which the
// error itself tells the first and how many more there are.
func told(err error) string {
	wrong, ok := errors.AsType[hcl.Diagnostics](err)
	if !ok || len(wrong) < 2 {
		return err.Error()
	}
	lines := make([]string, 0, len(wrong))
	for _, one := range wrong {
		lines = append(lines, one.Error())
	}
	return strings.Replace(err.Error(), wrong.Error(), strings.Join(lines, "\n"), 1)
}
