package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

func faultCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fault",
		Short: "Make a running org misbehave, and stop it again",
	}
	ofSubcommands(cmd)
	cmd.AddCommand(addFaultCommand(), listFaultsCommand(), clearFaultsCommand(), releaseFaultsCommand(), presetsCommand())
	return cmd
}

func addFaultCommand() *cobra.Command {
	var url, file string
	var f fault.Fault
	cmd := &cobra.Command{
		Use:   "add --url URL [PRESET]",
		Short: "Put a fault in force: a preset, an --action, or those of a file",
		Example: `  orgsim fault add --url http://127.0.0.1:40123 html_503 --path '/services/data/*/jobs/**' --after 2 --times 1
  orgsim fault add --url http://127.0.0.1:40123 row_error --code FIELD_CUSTOM_VALIDATION_EXCEPTION --where Title=Boss
  orgsim fault add --url http://127.0.0.1:40123 --file faults.hcl`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			faults := []fault.Fault{f}
			if len(args) > 0 {
				faults[0].Preset = args[0]
			}
			var err error
			switch {
			case file != "" && (len(args) > 0 || cmd.Flags().NFlag() > 2):
				err = errors.New("--file holds whole faults: nothing else goes together with it")
			case file != "":
				faults, err = fault.Load(file)
			default:
				if err = checkZeros(cmd.Flags()); err == nil {
					faults[0], err = faults[0].Settled()
				}
			}
			if err != nil {
				return err
			}
			return newClient(url).addFaults(cmd.Context(), faults)
		},
	}
	urlFlag(cmd, &url)
	cmd.Flags().StringVar(&file, "file", "", "file of faults, in HCL or JSON")
	matchingFlags(cmd.Flags(), &f)
	effectFlags(cmd.Flags(), &f)
	return cmd
}

// checkZeros refuses numbers that were given as 0 where 0 stands for all.
func checkZeros(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(flag *pflag.Flag) {
		if err == nil && flag.Value.String() == "0" {
			err = fault.CheckZero(flag.Name)
		}
	})
	return err
}

// matchingFlags are the properties of a fault that say what it strikes.
func matchingFlags(flags *pflag.FlagSet, f *fault.Fault) {
	flags.StringVar(&f.Name, "name", "", "name in the journal, and for clear and release")
	flags.StringVar(&f.Method, "method", "", "strike requests of this method")
	flags.StringVar(&f.Path, "path", "", "strike requests, or jobs, of this path, a glob with * and **")
	flags.StringVar(&f.Kind, "kind", "", "strike this kind of call, a glob over the kinds that the journal shows; of jobs: ingest (default) or 'bulk query'")
	flags.StringToStringVar(&f.Header, "header", nil, "NAME=GLOB: strike requests with such a header")
	flags.IntVar(&f.After, "after", 0, "let so many pass unharmed first")
	flags.IntVar(&f.Every, "every", 0, "then strike each n-th only")
	flags.IntVar(&f.Percent, "percent", 0, "strike so many in a hundred of them, drawn from the org's seed")
	flags.IntVar(&f.Times, "times", 0, "strike no more than so many")
	flags.StringVar(&f.Object, "object", "", "strike rows, or jobs, of this object")
	flags.StringSliceVar(&f.IDs, "id", nil, "strike rows of this record or parent; repeatable")
	flags.StringToStringVar(&f.Where, "where", nil, "FIELD=VALUE: strike rows with this value; repeatable")
}

// effectFlags are the properties of a fault that say what it does.
func effectFlags(flags *pflag.FlagSet, f *fault.Fault) {
	flags.StringVar((*string)(&f.Action), "action", "", "what it does, where no preset says so")
	flags.IntVar(&f.Status, "status", 0, "of respond: the HTTP status")
	flags.StringVar(&f.Body, "body", "", "of respond")
	flags.StringVar(&f.ContentType, "content-type", "", "of respond")
	flags.IntVar(&f.RetryAfter, "retry-after", 0, "of respond: a header, in seconds")
	flags.TextVar(&f.Delay, "delay", fault.Duration(0), "of delay and lock_parents, such as 1.5s")
	flags.IntVar(&f.Bytes, "bytes", 0, "of truncate_body: send so many")
	flags.IntVar(&f.Lines, "lines", 0, "of truncate_body: send so many")
	flags.IntVar(&f.Share, "share", 0, "of truncate_body: send so many in a hundred bytes")
	flags.BoolVar(&f.Orderly, "orderly", false, "of truncate_body: end the answer as if it were whole")
	flags.IntVar(&f.Rows, "rows", 0, "of fail_job and hold_job: after so many rows")
	flags.StringVar(&f.Code, "code", "", "of row_error: the statusCode")
	flags.StringVar(&f.Message, "message", "", "of row_error and fail_job")
	flags.StringSliceVar(&f.Fields, "field", nil, "of row_error: blame this field; repeatable")
}

func listFaultsCommand() *cobra.Command {
	var url string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list --url URL",
		Short: "Print the faults in force, and how often each has struck",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := newClient(url).faults(cmd.Context())
			if err != nil {
				return fmt.Errorf("list faults: %w", err)
			}
			if !asJSON {
				return printFaults(cmd.OutOrStdout(), list)
			}
			encoder := json.NewEncoder(cmd.OutOrStdout())
			encoder.SetIndent("", "  ")
			return encoder.Encode(list)
		},
	}
	urlFlag(cmd, &url)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array with all properties")
	return cmd
}

func printFaults(out io.Writer, list []orgsim.FaultAnswer) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "no faults")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "name\taction\thits\tstrikes")
	for _, f := range list {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", f.Name, f.Action, f.Hits, targets(&f.Fault))
	}
	return table.Flush()
}

// targets is what a fault strikes, in few words.
func targets(f *fault.Fault) string {
	var words []string
	for _, word := range []string{f.Method, f.Path, f.Kind, f.Object} {
		if word != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return "everything"
	}
	return strings.Join(words, " ")
}

func clearFaultsCommand() *cobra.Command {
	return namedFaults("clear", "Take the faults of a name, or all, out of force", (*client).clearFaults)
}

func releaseFaultsCommand() *cobra.Command {
	return namedFaults("release", "Let go what the faults of a name, or all, hold", (*client).releaseFaults)
}

func presetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "presets",
		Short: "Print the presets",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "preset\taction\tstrikes")
			for _, name := range fault.Presets() {
				f, _ := fault.Preset(name) // listed, so there
				fmt.Fprintf(table, "%s\t%s\t%s\n", name, f.Action, targets(&f))
			}
			return table.Flush()
		},
	}
}
