package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// stopTimeout is how long requests under way may take once a signal has come.
const stopTimeout = 5 * time.Second

// serving is what the flags of serve say.
type serving struct {
	config   orgsim.Config
	listen   string
	urlFile  string
	schema   string
	loads    []string
	logLevel string
}

func serveCommand() *cobra.Command {
	var s serving
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Run an org until a signal ends it, and print its URL",
		Example: `  orgsim serve --listen 127.0.0.1:0 --schema org.hcl --load Contact=contacts.csv`,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&s.listen, "listen", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	flags.StringVar(&s.urlFile, "url-file", "", "also write the URL to this file, once the org is ready")
	flags.StringVar(&s.schema, "schema", "", "custom objects and fields, in HCL or JSON")
	flags.StringArrayVar(&s.loads, "load", nil, "OBJECT=FILE: load records from a CSV file with API names as header; repeatable")
	flags.StringVar(&s.config.ClientID, "client-id", orgsim.DefaultClientID, "consumer key of the connected app")
	flags.StringVar(&s.config.ClientSecret, "client-secret", orgsim.DefaultClientSecret, "consumer secret of the connected app")
	flags.BoolVar(&s.config.Sandbox, "sandbox", false, "be a sandbox")
	flags.Uint64Var(&s.config.Seed, "seed", 0, "of ids, tokens, page sizes and the order of results")
	flags.IntVar(&s.config.PageSize, "page-size", 2000, "most rows of a query page")
	flags.IntVar(&s.config.DailyCalls, "daily-calls", 0, "enforce a daily limit of API calls")
	flags.IntVar(&s.config.DailyBatches, "daily-batches", 0, "enforce a daily limit of Bulk batches")
	flags.DurationVar(&s.config.Sessions.Lifetime, "session-lifetime", 0, "end sessions that are not used for so long")
	flags.IntVar(&s.config.Sessions.MaxCalls, "session-calls", 0, "end sessions after so many calls")
	flags.DurationVar(&s.config.Latency, "latency", 0, "add this to every request")
	flags.StringVar(&s.logLevel, "log-level", "warn", "trace, debug, info, warn or error; logs go to standard error")
	return cmd
}

func (s *serving) run(cmd *cobra.Command) (err error) {
	org, err := s.org(cmd)
	if err != nil {
		return err
	}
	defer org.Close()
	if err := s.load(org); err != nil {
		return err
	}
	server, err := orgsim.Start(org, s.listen)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), stopTimeout)
		defer cancel()
		err = errors.Join(err, server.Stop(ctx))
	}()
	if err := s.announce(cmd.OutOrStdout(), server.URL()); err != nil {
		return err
	}
	<-cmd.Context().Done()
	return nil
}

func (s *serving) org(cmd *cobra.Command) (*orgsim.Org, error) {
	level := hclog.LevelFromString(s.logLevel)
	if level == hclog.NoLevel {
		return nil, fmt.Errorf("log level %q is none of trace, debug, info, warn, error", s.logLevel)
	}
	s.config.Logger = hclog.New(&hclog.LoggerOptions{Name: "orgsim", Level: level, Output: cmd.ErrOrStderr()})
	if s.schema != "" {
		var err error
		if s.config.Schema, err = schema.Load(s.schema); err != nil {
			return nil, err
		}
	}
	return orgsim.New(s.config)
}

// load reads the files of --load in order, so that parents can come first.
func (s *serving) load(org *orgsim.Org) error {
	for _, load := range s.loads {
		object, path, ok := strings.Cut(load, "=")
		if !ok {
			return fmt.Errorf("--load %q is not of the form OBJECT=FILE", load)
		}
		if err := loadFile(org, object, path); err != nil {
			return fmt.Errorf("load %s from %s: %w", object, path, err)
		}
	}
	return nil
}

func loadFile(org *orgsim.Org, object, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	n, err := org.LoadCSV(object, file)
	if err != nil {
		return fmt.Errorf("after %d records: %w", n, err)
	}
	return nil
}

// announce prints the URL. The file gets its name only when it is whole, so that
// whoever waits for it never reads half of it.
func (s *serving) announce(out io.Writer, url string) error {
	if s.urlFile != "" {
		temporary, err := os.CreateTemp(filepath.Dir(s.urlFile), ".orgsim-url-*")
		if err != nil {
			return fmt.Errorf("write URL file: %w", err)
		}
		_, err = temporary.WriteString(url + "\n")
		err = errors.Join(err, temporary.Close())
		if err == nil {
			err = os.Rename(temporary.Name(), s.urlFile)
		}
		if err != nil {
			return fmt.Errorf("write URL file: %w", errors.Join(err, os.Remove(temporary.Name())))
		}
	}
	_, err := fmt.Fprintln(out, url)
	return err
}
