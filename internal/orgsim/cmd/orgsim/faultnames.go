package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

// namedFaults is a command that does something to the faults of a name, or to
// all.
func namedFaults(verb, short string, act func(*client, context.Context, string) error) *cobra.Command {
	var url string
	cmd := &cobra.Command{
		Use:   verb + " --url URL [NAME]",
		Short: short,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			if err := act(newClient(url), cmd.Context(), name); err != nil {
				return fmt.Errorf("%s faults: %w", verb, err)
			}
			return nil
		},
	}
	urlFlag(cmd, &url)
	return cmd
}
