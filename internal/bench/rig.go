package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// rig is what a work runs on: programs, started as they are needed, and the folder that holds their data.
type rig struct {
	bin      string
	dir      string
	programs []*program
}

// newRig makes an empty folder for a work, or one part of it.
func newRig(s settings, name string) (*rig, error) {
	dir := filepath.Join(s.dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	r := &rig{bin: s.bin, dir: dir}
	return r, os.MkdirAll(r.path("reports"), 0o700)
}

// path is a file or folder of the work.
func (r *rig) path(parts ...string) string {
	return filepath.Join(append([]string{r.dir}, parts...)...)
}

// close ends the programs, the last started first, and removes the work's folder, which may be gigabytes.
func (r *rig) close() error {
	var errs []error
	for _, p := range slices.Backward(r.programs) {
		errs = append(errs, p.stop())
	}
	return errors.Join(append(errs, os.RemoveAll(r.dir))...)
}

func (r *rig) start(name string, args ...string) (*program, error) {
	p, err := start(r.dir, filepath.Join(r.bin, name), args...)
	if err == nil {
		r.programs = append(r.programs, p)
	}
	return p, err
}

// startOrg starts an org with so many contacts that waits so long before each answer.
func (r *rig) startOrg(ctx context.Context, contacts int, latency time.Duration) (*org, error) {
	schema, records, urlFile := r.path("schema.hcl"), r.path("contacts.csv"), r.path("org.url")
	if err := os.WriteFile(schema, []byte(schemaText), 0o600); err != nil {
		return nil, err
	}
	if err := writeContacts(records, contacts); err != nil {
		return nil, err
	}
	p, err := r.start("orgsim", "serve", "--schema", schema, "--load", "Contact="+records, "--url-file", urlFile, "--latency", latency.String())
	if err != nil {
		return nil, err
	}
	url, err := p.await(ctx, urlFile)
	if err != nil {
		return nil, err
	}
	return newOrg(url), os.Remove(records)
}

// startDaemon starts a daemon that may read the work's reports.
func (r *rig) startDaemon(ctx context.Context) (*daemon, error) {
	state, config := r.path("state"), r.path("reportsyncd.hcl")
	text := fmt.Sprintf("listen     = \"127.0.0.1:0\"\nstate_dir  = %q\nfile_roots = [%q]\n", state, r.path("reports"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	p, err := r.start("reportsyncd", "serve", "--config", config)
	if err != nil {
		return nil, err
	}
	endpoint, err := p.await(ctx, filepath.Join(state, "endpoint"))
	if err != nil {
		return nil, err
	}
	return newDaemon(p, endpoint, filepath.Join(state, "admin.token"))
}

// closing joins the error of a rig's end to that of its work.
func closing(r *rig, err *error) { *err = errors.Join(*err, r.close()) }
