package daemon

import (
	"cmp"
	"os"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
)

// Options is what a daemon is told. The zero value of each field stands for its default, as reportsyncd.hcl has it.
type Options struct {
	StateDir          string   // folder for the database, the key and the tokens; made when missing
	Listen            string   // host:port of the config API; port 0 takes any free one
	DatabaseURL       string   // sqlite:///path or postgres://…
	ArtifactsURL      string   // bucket of the outcomes of runs: file:///folder, s3://…, gs://… or azblob://…
	ScratchDir        string   // folder for what runs don't hold in memory
	EncryptionKeyFile string   // must exist when given; otherwise one is made in StateDir
	FileRoots         []string // folders that file:// sources may read
	TLSCertFile       string   // PEM; with TLSKeyFile, the config API is served by https
	TLSKeyFile        string
	RetentionDays     int // how long finished runs are kept
	ParallelRuns      int // scheduled runs at once, and as many on demand

	Timing     work.Timing // how often the daemon looks for work; tests shorten it
	Logger     hclog.Logger
	Version    string     // of the program
	Supervisor Supervisor // the service manager to keep informed; nil for none

	Commit func(commit func() error) error // stands around each commit of the store, for tests of crashes; nil for nothing
}

// FromConfig returns the options that a configuration file asks for. What is not in the file is left to the caller.
func FromConfig(c config.Config) Options {
	o := Options{
		StateDir:      c.StateDir,
		Listen:        c.Listen,
		DatabaseURL:   c.DatabaseURL,
		ArtifactsURL:  c.ArtifactsURL,
		ScratchDir:    c.ScratchDir,
		FileRoots:     c.FileRoots,
		RetentionDays: c.RetentionDays,
		ParallelRuns:  c.ParallelRuns,
	}
	if !c.CreateKey {
		o.EncryptionKeyFile = c.EncryptionKeyFile
	}
	if c.TLS != nil {
		o.TLSCertFile, o.TLSKeyFile = c.TLS.CertFile, c.TLS.KeyFile
	}
	return o
}

// settings completes the options by the rules of the configuration file.
func (o Options) settings() (c config.Config, err error) {
	if o.StateDir == "" {
		c, err = config.Default(os.Getenv)
	} else {
		c, err = config.In(o.StateDir)
	}
	if err != nil {
		return config.Config{}, err
	}
	c.Listen = cmp.Or(o.Listen, c.Listen)
	c.DatabaseURL = cmp.Or(o.DatabaseURL, c.DatabaseURL)
	c.ArtifactsURL = cmp.Or(o.ArtifactsURL, c.ArtifactsURL)
	c.ScratchDir = cmp.Or(o.ScratchDir, c.ScratchDir)
	c.RetentionDays = cmp.Or(o.RetentionDays, c.RetentionDays)
	c.ParallelRuns = cmp.Or(o.ParallelRuns, c.ParallelRuns)
	if o.EncryptionKeyFile != "" {
		c.EncryptionKeyFile, c.CreateKey = o.EncryptionKeyFile, false
	}
	if len(o.FileRoots) > 0 {
		c.FileRoots = o.FileRoots
	}
	if o.TLSCertFile != "" {
		c.TLS = &config.TLS{CertFile: o.TLSCertFile, KeyFile: o.TLSKeyFile}
	}
	return c, nil
}
