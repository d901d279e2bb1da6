package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// serveFlags are the flags of serve: one org, and what may stand beside it.
type serveFlags struct {
	org       orgSpec
	loads     []string
	faultFile string

	sandboxListen  string
	sandboxURLFile string
	sandboxLoads   []string
	login          loginSpec
	test           loginSpec

	config   string
	remote   bool
	logLevel string
}

func serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run an org until a signal ends it, and print its URL",
		Long: `Run an org until a signal ends it, and print its URL.

The first lines of the output are the URLs, printed once everything is ready.
SIGINT and SIGTERM end it, with exit code 0. Several orgs, their users and the
faults they begin with are described in a file for --config.`,
		Example: `  orgsim serve --listen 127.0.0.1:0 --schema org.hcl --load Contact=contacts.csv
  orgsim serve --with-sandbox 127.0.0.1:0 --login-listen 127.0.0.1:0 --test-listen 127.0.0.1:0
  orgsim serve --restore org.ndjson --faults faults.hcl
  orgsim serve --config orgs.hcl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := f.serving(cmd)
			if err != nil {
				return err
			}
			return s.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	f.orgFlags(flags)
	f.limitFlags(flags)
	flags.StringVar(&f.sandboxListen, "with-sandbox", "", "also serve a sandbox of the org at this address, with records of its own")
	flags.StringVar(&f.sandboxURLFile, "sandbox-url-file", "", "like --url-file, of the sandbox")
	flags.StringArrayVar(&f.sandboxLoads, "sandbox-load", nil, "like --load, into the sandbox")
	flags.StringVar(&f.login.listen, "login-listen", "", "also stand for login.salesforce.com at this address")
	flags.StringVar(&f.login.urlFile, "login-url-file", "", "like --url-file, of that login host")
	flags.StringVar(&f.test.listen, "test-listen", "", "also stand for test.salesforce.com at this address")
	flags.StringVar(&f.test.urlFile, "test-url-file", "", "like --url-file, of that login host")
	flags.StringVar(&f.config, "config", "", "file that describes orgs and login hosts, in HCL or JSON, in place of flags")
	flags.BoolVar(&f.remote, "allow-remote", false, "permit addresses that other machines reach; control calls stay on this one")
	flags.StringVar(&f.logLevel, "log-level", "warn", "trace, debug, info, warn or error; logs go to standard error")
	return cmd
}

func (f *serveFlags) orgFlags(flags *pflag.FlagSet) {
	c := &f.org.config
	flags.StringVar(&f.org.listen, "listen", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	flags.StringVar(&f.org.urlFile, "url-file", "", "also write the URL to this file, once the org is ready")
	flags.StringVar(&f.org.schema, "schema", "", "custom objects and fields, in HCL or JSON")
	flags.StringVar(&f.org.restore, "restore", "", "begin with what a dump holds, its schema and users included")
	flags.StringArrayVar(&f.loads, "load", nil, "OBJECT=FILE: load records from a CSV file with API names as header; repeatable")
	flags.StringVar(&f.faultFile, "faults", "", "faults to begin with, in HCL or JSON")
	flags.StringVar(&c.ClientID, "client-id", orgsim.DefaultClientID, "consumer key of the connected app")
	flags.StringVar(&c.ClientSecret, "client-secret", orgsim.DefaultClientSecret, "consumer secret of the connected app")
	flags.BoolVar(&c.Sandbox, "sandbox", false, "be a sandbox")
	flags.Uint64Var(&c.Seed, "seed", 0, "of ids, tokens, page sizes, the order of results and what faults leave to chance")
}

func (f *serveFlags) limitFlags(flags *pflag.FlagSet) {
	c := &f.org.config
	flags.IntVar(&c.PageSize, "page-size", 2000, "most rows of a query page, up to 2000")
	flags.IntVar(&c.DailyCalls, "daily-calls", 0, "enforce a daily limit of API calls")
	flags.IntVar(&c.DailyBatches, "daily-batches", 0, "enforce a daily limit of Bulk batches; 0: 15000, negative: none")
	flags.IntVar(&c.LongCalls, "long-calls", 0, "enforce a limit of calls under way for 20 seconds or more")
	flags.DurationVar(&c.Sessions.Lifetime, "session-lifetime", 0, "end sessions that are not used for so long")
	flags.IntVar(&c.Sessions.MaxCalls, "session-calls", 0, "end sessions after so many calls")
	flags.IntVar(&c.MaxLogins, "max-logins", 0, "logins that a user may make in an hour; 0: 3600")
	flags.DurationVar(&c.BulkPace, "bulk-pace", 0, "let a Bulk job wait so long before it begins, and again before it ends")
	flags.BoolVar(&c.SteadyPages, "steady-pages", false, "fill every page, where otherwise the size varies")
	flags.DurationVar(&c.Latency, "latency", 0, "add this to every request")
}

// serving is what the flags, or the file of --config, describe.
func (f *serveFlags) serving(cmd *cobra.Command) (*serving, error) {
	level := hclog.LevelFromString(f.logLevel)
	if level == hclog.NoLevel {
		return nil, fmt.Errorf("log level %q is none of trace, debug, info, warn, error", f.logLevel)
	}
	s, err := f.described(cmd.Flags())
	if err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	for i := range s.orgs {
		logger := hclog.New(&hclog.LoggerOptions{Name: "orgsim", Level: level, Output: cmd.ErrOrStderr()})
		if s.orgs[i].name != "" {
			logger = logger.Named(s.orgs[i].name)
		}
		s.orgs[i].config.Logger = logger
		if err := checkListen(s.orgs[i].listen, f.remote); err != nil {
			return nil, named(s.orgs[i].name, err)
		}
	}
	for _, login := range s.logins {
		if err := checkListen(login.listen, f.remote); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(s.orgs, func(o orgSpec) bool { return o.config.Sandbox == login.sandbox || o.restore != "" }) {
			return nil, fmt.Errorf("the login host on %s has no org: login.salesforce.com needs a production org, test.salesforce.com a sandbox", login.listen)
		}
	}
	return s, nil
}

// besidesConfig are the flags that go together with --config.
var besidesConfig = map[string]bool{"config": true, "log-level": true, "allow-remote": true}

func (f *serveFlags) described(flags *pflag.FlagSet) (*serving, error) {
	if f.config == "" {
		if err := f.check(flags); err != nil {
			return nil, err
		}
		return f.byFlags()
	}
	var err error
	flags.Visit(func(given *pflag.Flag) {
		if !besidesConfig[given.Name] && err == nil {
			err = fmt.Errorf("--%s does not go together with --config: the file says it", given.Name)
		}
	})
	if err != nil {
		return nil, err
	}
	return readConfig(f.config)
}

// check refuses flags that would be taken and do nothing.
func (f *serveFlags) check(flags *pflag.FlagSet) error {
	for _, name := range []string{"client-id", "client-secret", "listen"} {
		if given := flags.Lookup(name); given.Changed && given.Value.String() == "" {
			return fmt.Errorf("--%s must not be empty", name)
		}
	}
	if flags.Changed("page-size") && f.org.config.PageSize < 1 {
		return fmt.Errorf("--page-size %d is not a number from 1 to 2000", f.org.config.PageSize)
	}
	needs := map[string]string{"login-url-file": "login-listen", "test-url-file": "test-listen", "sandbox-url-file": "with-sandbox", "sandbox-load": "with-sandbox"}
	for _, name := range slices.Sorted(maps.Keys(needs)) {
		if flags.Changed(name) && flags.Lookup(needs[name]).Value.String() == "" {
			return fmt.Errorf("--%s needs --%s", name, needs[name])
		}
	}
	if f.sandboxListen == "" {
		return nil
	}
	if f.org.config.Sandbox {
		return errors.New("--sandbox does not go together with --with-sandbox, which serves a production org and its sandbox")
	}
	if f.org.restore != "" {
		return errors.New("--with-sandbox does not go together with --restore: the dump holds one org; a file for --config restores each")
	}
	return nil
}

func (f *serveFlags) byFlags() (*serving, error) {
	var err error
	if f.org.loads, err = parseLoads("--load", f.loads); err != nil {
		return nil, err
	}
	if f.org.restore != "" && f.org.schema != "" {
		return nil, errors.New("--schema does not go together with --restore: the dump holds the schema")
	}
	if f.faultFile != "" {
		if f.org.faults, err = fault.Load(f.faultFile); err != nil {
			return nil, err
		}
	}
	s := &serving{orgs: []orgSpec{f.org}}
	if f.sandboxListen != "" {
		sandbox := orgSpec{name: "sandbox", config: f.org.config, listen: f.sandboxListen, urlFile: f.sandboxURLFile, schema: f.org.schema}
		sandbox.config.Sandbox = true
		if sandbox.loads, err = parseLoads("--sandbox-load", f.sandboxLoads); err != nil {
			return nil, err
		}
		s.orgs[0].name = "production"
		s.orgs = append(s.orgs, sandbox)
	}
	f.test.sandbox = true
	for _, login := range []loginSpec{f.login, f.test} {
		if login.listen != "" {
			s.logins = append(s.logins, login)
		}
	}
	if len(s.logins) > 0 && s.orgs[0].name == "" {
		s.orgs[0].name = "org"
	}
	return s, nil
}

// parseLoads reads flags of the form OBJECT=FILE.
func parseLoads(flag string, texts []string) ([]load, error) {
	var loads []load
	for _, text := range texts {
		object, file, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("%s %q is not of the form OBJECT=FILE", flag, text)
		}
		loads = append(loads, load{object, file})
	}
	return loads, nil
}
