// Command orgsim runs a Salesforce org in a box and asks a running one what it
// holds and what it was asked.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

func main() { os.Exit(run()) }

// run returns the exit code: 0 only when what was asked for was done.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "orgsim:", err)
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
		Args:          cobra.NoArgs,
	}
	root.AddCommand(serveCommand(), faultCommand(), queryCommand(), historyCommand(), journalCommand(), loadCommand(), dumpCommand())
	return root
}
