package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/server"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Daemon is one reportsyncd.
type Daemon struct {
	cfg     config.Config
	version string
	log     hclog.Logger
	store   *store.Store
	orgs    *orgs
	sources sources
	work    *work.Node
	watch   Supervisor
	stop    teardown
	serving serving

	artifacts *artifact.Bucket
	scratch   string // folder for what runs don't hold in memory

	lifecycle sync.Mutex
	started   bool
	url       string
}

// New opens everything that a daemon stands on and serves nothing yet. The caller must Stop what New returned, whether
// it was started or not. Mistakes in the options and a database that is in use are told as [reportsync.Error].
func New(ctx context.Context, o Options) (_ *Daemon, err error) {
	cfg, err := o.settings()
	if err != nil {
		return nil, err
	}
	d := &Daemon{cfg: cfg, version: o.Version, log: o.Logger, watch: o.Supervisor, serving: serving{ended: make(chan struct{})}}
	if d.log == nil {
		d.log = hclog.NewNullLogger()
	}
	if d.watch == nil {
		d.watch = unsupervised{}
	}
	d.sources = sources{roots: cfg.FileRoots, log: d.log}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.stop.run(context.WithoutCancel(ctx)))
		}
	}()

	if err := d.makeFolders(); err != nil {
		return nil, err
	}
	key, err := d.loadKey()
	if err != nil {
		return nil, err
	}
	if d.store, err = store.Open(ctx, store.Options{URL: cfg.DatabaseURL, Key: key, Logger: d.log.Named("store"), Commit: o.Commit}); err != nil {
		return nil, err
	}
	d.stop.onStop("close the store", func(context.Context) error { return d.store.Close() })

	if err := d.openArtifacts(ctx); err != nil {
		return nil, err
	}
	if err := d.openScratch(); err != nil {
		return nil, err
	}

	d.orgs = newOrgs(d.store, d.log.Named("salesforce"))
	d.stop.onStop("let go of the orgs", func(context.Context) error { d.orgs.close(); return nil })

	d.work, err = work.New(work.Config{
		Store: d.store, Execute: d.execute, Logger: d.log.Named("work"), Parallel: d.cfg.ParallelRuns, Timing: o.Timing,
	})
	if err != nil {
		return nil, err
	}
	d.stop.onStop("stop the work", d.work.Stop)
	return d, nil
}

// Start begins to serve and returns once the config API answers. The daemon then serves until Stop, whatever becomes of
// ctx. A daemon starts once.
func (d *Daemon) Start(ctx context.Context) (err error) {
	d.lifecycle.Lock()
	defer d.lifecycle.Unlock()
	if d.started {
		return nil
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.stop.run(context.WithoutCancel(ctx)))
		}
	}()
	if err := d.ensureAdminToken(ctx); err != nil {
		return err
	}
	if err := d.work.Start(ctx); err != nil {
		return err
	}
	d.startRetention()
	handler := server.New(server.Config{
		Store: d.store, Artifacts: d.artifacts, Runs: d.work, Checks: &checks{store: d.store, orgs: d.orgs, sources: d.sources},
		Ready: d.ready, Version: d.version, Logger: d.log,
	})
	if err := d.listen(ctx, handler); err != nil {
		return err
	}
	if err := d.supervise(); err != nil {
		return err
	}
	d.started = true
	d.log.Info("reportsyncd serves", "url", d.url, "version", d.version, "database", d.store.Dialect(), "state_dir", d.cfg.StateDir, "artifacts", d.artifacts)
	return nil
}

// Stop ends the daemon and waits until everything is put away, at most until ctx ends. Requests and writes to Salesforce
// under way settle; runs that are not through go on at the next start. It may be called again, and without Start.
func (d *Daemon) Stop(ctx context.Context) error {
	d.lifecycle.Lock()
	defer d.lifecycle.Unlock()
	return d.stop.run(ctx)
}

// URL returns the root URL of the config API, empty before Start.
func (d *Daemon) URL() string {
	d.lifecycle.Lock()
	defer d.lifecycle.Unlock()
	return d.url
}

// AdminTokenFile returns the path of the file that the first start writes the admin token to.
func (d *Daemon) AdminTokenFile() string { return AdminTokenFile(d.cfg.StateDir) }

// makeFolders makes the state folder, and the reports folder that is the daemon's own. Folders that an operator names
// are not made: a missing one is a mount that is away, or a misspelt path.
func (d *Daemon) makeFolders() error {
	if err := os.MkdirAll(d.cfg.StateDir, 0o700); err != nil {
		return fmt.Errorf("make the state folder: %w", err)
	}
	own := config.DefaultFileRoot(d.cfg.StateDir)
	for _, root := range d.cfg.FileRoots {
		if root == own {
			if err := os.MkdirAll(root, 0o750); err != nil {
				return fmt.Errorf("make the reports folder: %w", err)
			}
		}
		if info, err := os.Stat(root); err != nil || !info.IsDir() {
			d.log.Warn("a folder of file_roots is not there; reports in it can't be read", "folder", root)
		}
	}
	return nil
}

// loadKey makes the encryption key at the first start, unless an operator provides it.
func (d *Daemon) loadKey() (*store.Keyring, error) {
	if !d.cfg.CreateKey {
		return loadGivenKey(d.cfg.EncryptionKeyFile)
	}
	key, made, err := store.LoadOrCreateKey(d.cfg.EncryptionKeyFile)
	if err != nil {
		return nil, err
	}
	if made {
		d.log.Info("made an encryption key: keep a copy apart from the database", "file", d.cfg.EncryptionKeyFile)
	}
	return key, nil
}

// loadGivenKey reads a key that an operator provides, and that is therefore never made here.
func loadGivenKey(path string) (*store.Keyring, error) {
	key, err := store.LoadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, reportsync.Errorf(reportsync.CodeInvalid, "there is no encryption key file %s", path).
			WithHint("put the key of the database there; for a new database, \"openssl rand -base64 32\" makes one")
	}
	return key, err
}

// ready says why the daemon can't do its work now.
func (d *Daemon) ready(context.Context) error {
	return errors.Join(d.work.Healthy(), d.serving.healthy())
}

// AdminTokenFile returns where a daemon with this state folder keeps its first admin token.
func AdminTokenFile(stateDir string) string { return filepath.Join(stateDir, "admin.token") }

// EndpointFile returns where a daemon with this state folder writes the URL that it serves at, while it does.
func EndpointFile(stateDir string) string { return filepath.Join(stateDir, "endpoint") }
