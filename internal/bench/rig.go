package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// rig is what a work runs on: programs, started as they are needed, and the folder that holds their data.
type rig struct {
	bin      string
	dir      string
	log      bool // runs are shown
	programs []*program
}

// newRig makes an empty folder for a work, or one part of it.
func newRig(s settings, name string) (*rig, error) {
	dir := filepath.Join(s.dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	r := &rig{bin: s.bin, dir: dir, log: s.log}
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

// orgSpec describes the orgs that a work needs; they are alike, but for the seed of what they leave to chance.
type orgSpec struct {
	contacts int
	latency  time.Duration // before each answer
}

// block is the part of orgsim's configuration that describes the org of this number.
func (o orgSpec) block(n int) string {
	return fmt.Sprintf("org \"org%02d\" {\n  url_file = \"org%02d.url\"\n  schema = \"schema.hcl\"\n  seed = %d\n  latency = %q\n  load \"Contact\" { file = \"contacts.csv\" }\n}\n",
		n, n, n+1, o.latency)
}

// startOrgs starts orgs in one process, with the same contacts.
func (r *rig) startOrgs(ctx context.Context, number int, spec orgSpec) ([]*org, error) {
	var config strings.Builder
	for n := range number {
		config.WriteString(spec.block(n))
	}
	for name, text := range map[string]string{"schema.hcl": schemaText, "orgs.hcl": config.String()} {
		if err := os.WriteFile(r.path(name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	if err := writeContacts(r.path("contacts.csv"), spec.contacts); err != nil {
		return nil, err
	}
	p, err := r.start("orgsim", "serve", "--config", r.path("orgs.hcl"))
	if err != nil {
		return nil, err
	}
	orgs := make([]*org, number)
	for n := range orgs {
		url, err := p.await(ctx, r.path(fmt.Sprintf("org%02d.url", n)))
		if err != nil {
			return nil, err
		}
		orgs[n] = newOrg(url)
	}
	return orgs, os.Remove(r.path("contacts.csv"))
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
