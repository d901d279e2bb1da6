package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsimple"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// fileConfig is the shape of a file for --config, in HCL or in its JSON form.
// Files that it names are looked for beside it.
//
//	org "production" {
//	  listen = "127.0.0.1:8080"
//	  schema = "org.hcl"
//	  load "Contact" { file = "contacts.csv" }
//	  user "ada@acme.example" { password = "secret" }
//	  fault "busy" { preset = "html_503" }
//	}
//	login_host "login" { listen = "127.0.0.1:8081" }
type fileConfig struct {
	Orgs   []fileOrg   `hcl:"org,block"`
	Logins []fileLogin `hcl:"login_host,block"`
}

type fileOrg struct {
	Name    string `hcl:"name,label"`
	Listen  string `hcl:"listen,optional"`
	URLFile string `hcl:"url_file,optional"`
	URL     string `hcl:"url,optional"`
	Sandbox bool   `hcl:"sandbox,optional"`
	Seed    uint64 `hcl:"seed,optional"`
	Schema  string `hcl:"schema,optional"`
	Restore string `hcl:"restore,optional"`

	PageSize        int    `hcl:"page_size,optional"`
	BulkPageRows    int    `hcl:"bulk_page_rows,optional"`
	DailyCalls      int    `hcl:"daily_calls,optional"`
	DailyBatches    int    `hcl:"daily_batches,optional"`
	LongCalls       int    `hcl:"long_calls,optional"`
	SessionLifetime string `hcl:"session_lifetime,optional"`
	SessionCalls    int    `hcl:"session_calls,optional"`
	Latency         string `hcl:"latency,optional"`
	BulkPace        string `hcl:"bulk_pace,optional"`
	SteadyPages     bool   `hcl:"steady_pages,optional"`
	MaxLogins       int    `hcl:"max_logins,optional"`
	LoginAttempts   int    `hcl:"max_login_attempts,optional"`

	App    *fileApp      `hcl:"app,block"`
	Users  []fileUser    `hcl:"user,block"`
	Loads  []fileLoad    `hcl:"load,block"`
	Faults []fault.Block `hcl:"fault,block"`
	Range  hcl.Range     `hcl:",def_range"`
}

type fileApp struct {
	Name          string   `hcl:"name,optional"`
	ClientID      string   `hcl:"client_id,optional"`
	ClientSecret  string   `hcl:"client_secret,optional"`
	Public        bool     `hcl:"public,optional"`
	RedirectURIs  []string `hcl:"redirect_uris,optional"`
	Certificates  []string `hcl:"certificates,optional"` // PEM files
	Scopes        []string `hcl:"scopes,optional"`
	AdminApproved bool     `hcl:"admin_approved,optional"`
	RotateRefresh bool     `hcl:"rotate_refresh_tokens,optional"`
	OptionalPKCE  bool     `hcl:"optional_pkce,optional"`
	NoRunAsUser   bool     `hcl:"no_run_as_user,optional"`
	JWTTokens     bool     `hcl:"jwt_access_tokens,optional"`
	Uninstalled   bool     `hcl:"uninstalled,optional"`

	AssertionWindow     string    `hcl:"assertion_window,optional"` // negative: any distance
	RefreshLifetime     string    `hcl:"refresh_token_lifetime,optional"`
	RefreshIdleLifetime string    `hcl:"refresh_token_idle_lifetime,optional"`
	MaxRefreshTokens    int       `hcl:"max_refresh_tokens,optional"` // per user; negative: any number
	Range               hcl.Range `hcl:",def_range"`
}

type fileUser struct {
	Username  string `hcl:"username,label"`
	FirstName string `hcl:"first_name,optional"`
	LastName  string `hcl:"last_name,optional"`
	Email     string `hcl:"email,optional"`
	Password  string `hcl:"password,optional"`
	Inactive  bool   `hcl:"inactive,optional"`
	Locked    bool   `hcl:"locked,optional"`
	Approved  bool   `hcl:"approved,optional"`

	NoCustomize bool `hcl:"no_customize,optional"`
	HardDelete  bool `hcl:"hard_delete,optional"`
}

type fileLoad struct {
	Object string    `hcl:"object,label"`
	File   string    `hcl:"file"`
	Range  hcl.Range `hcl:",def_range"`
}

type fileLogin struct {
	Name    string        `hcl:"name,label"`
	Listen  string        `hcl:"listen,optional"`
	URLFile string        `hcl:"url_file,optional"`
	Faults  []fault.Block `hcl:"fault,block"`
	Range   hcl.Range     `hcl:",def_range"`
}

// readConfig reads such a file. Mistakes are named with file, line and column.
func readConfig(path string) (*serving, error) {
	var file fileConfig
	if err := hclsimple.DecodeFile(path, nil, &file); err != nil {
		return nil, fmt.Errorf("read config: %w", err)
	}
	if len(file.Orgs) == 0 {
		return nil, fmt.Errorf("read config: %s describes no org", path)
	}
	beside := func(name string) string {
		if name == "" || filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(filepath.Dir(path), name)
	}
	s := &serving{}
	if err := file.distinct(); err != nil {
		return nil, fmt.Errorf("read config: %w", err)
	}
	for i := range file.Orgs {
		spec, err := file.Orgs[i].spec(beside)
		if err != nil {
			return nil, fmt.Errorf("read config: %w", err)
		}
		s.orgs = append(s.orgs, spec)
	}
	for i := range file.Logins {
		spec, err := file.Logins[i].spec(beside)
		if err != nil {
			return nil, fmt.Errorf("read config: %w", err)
		}
		s.logins = append(s.logins, spec)
	}
	return s, nil
}

// distinct refuses two orgs, or two login hosts, of one name.
func (f *fileConfig) distinct() error {
	orgs, logins := map[string]int{}, map[string]int{}
	for _, o := range f.Orgs {
		if line, twice := orgs[o.Name]; twice {
			return mistakeAt(o.Range, "there is an org %q at line %d already", o.Name, line)
		}
		orgs[o.Name] = o.Range.Start.Line
	}
	for _, l := range f.Logins {
		if line, twice := logins[l.Name]; twice {
			return mistakeAt(l.Range, "there is a login_host %q at line %d already", l.Name, line)
		}
		logins[l.Name] = l.Range.Start.Line
	}
	return nil
}

func (l *fileLogin) spec(beside func(string) string) (loginSpec, error) {
	spec := loginSpec{sandbox: l.Name == "test", listen: anyPort(l.Listen), urlFile: beside(l.URLFile)}
	if l.Name != "login" && l.Name != "test" {
		return spec, mistakeAt(l.Range, "a login_host is \"login\" or \"test\", not %q", l.Name)
	}
	var err error
	spec.faults, err = fault.Decode(l.Faults)
	return spec, err
}

func (o *fileOrg) spec(beside func(string) string) (orgSpec, error) {
	spec := orgSpec{
		name: o.Name, listen: anyPort(o.Listen), url: o.URL, urlFile: beside(o.URLFile), schema: beside(o.Schema), restore: beside(o.Restore),
		config: orgsim.Config{
			Seed: o.Seed, Sandbox: o.Sandbox, PageSize: o.PageSize, BulkPageRows: o.BulkPageRows,
			DailyCalls: o.DailyCalls, DailyBatches: o.DailyBatches, LongCalls: o.LongCalls,
			SteadyPages: o.SteadyPages, MaxLogins: o.MaxLogins, MaxLoginAttempts: o.LoginAttempts,
		},
	}
	if spec.schema != "" && spec.restore != "" {
		return spec, mistakeAt(o.Range, "org %q: schema does not go together with restore: the dump holds the schema", o.Name)
	}
	spec.config.Sessions.MaxCalls = o.SessionCalls
	if err := o.durations(&spec.config); err != nil {
		return spec, mistakeAt(o.Range, "org %q: %w", o.Name, err)
	}
	var err error
	if spec.config.App, err = o.App.app(beside); err != nil {
		return spec, mistakeAt(o.App.Range, "org %q: %w", o.Name, err)
	}
	for _, u := range o.Users {
		spec.config.Users = append(spec.config.Users, u.user())
	}
	if err := o.files(&spec, beside); err != nil {
		return spec, err
	}
	if err := spec.config.Check(); err != nil {
		return spec, mistakeAt(o.Range, "org %q: %w", o.Name, err)
	}
	spec.faults, err = fault.Decode(o.Faults)
	return spec, err
}

func (o *fileOrg) durations(config *orgsim.Config) error {
	for _, duration := range []struct {
		name, text string
		into       *time.Duration
	}{
		{"session_lifetime", o.SessionLifetime, &config.Sessions.Lifetime},
		{"latency", o.Latency, &config.Latency},
		{"bulk_pace", o.BulkPace, &config.BulkPace},
	} {
		var err error
		if *duration.into, err = parseDuration(duration.name, duration.text, false); err != nil {
			return err
		}
	}
	return nil
}

// files looks for the files that the org begins with, which are read later.
func (o *fileOrg) files(spec *orgSpec, beside func(string) string) error {
	for what, name := range map[string]string{"schema": spec.schema, "restore": spec.restore} {
		if name == "" {
			continue
		}
		if _, err := os.Stat(name); err != nil {
			return mistakeAt(o.Range, "org %q: %s: %w", o.Name, what, err)
		}
	}
	for _, l := range o.Loads {
		spec.loads = append(spec.loads, load{l.Object, beside(l.File)})
		if _, err := os.Stat(beside(l.File)); err != nil {
			return mistakeAt(l.Range, "org %q: load %s: %w", o.Name, l.Object, err)
		}
	}
	return nil
}

func anyPort(listen string) string {
	if listen == "" {
		return "127.0.0.1:0"
	}
	return listen
}

func mistakeAt(r hcl.Range, format string, args ...any) error {
	return fmt.Errorf("%s:%d,%d: %w", r.Filename, r.Start.Line, r.Start.Column, fmt.Errorf(format, args...))
}
