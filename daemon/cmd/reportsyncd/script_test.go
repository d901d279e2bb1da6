package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
)

// TestScripts runs each script beside a daemon and an org of its own, which the commands find as a user's would: by the
// state folder below $XDG_STATE_HOME. Three contacts are in the report, and a stranger.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			stateHome := filepath.Join(env.WorkDir, "state")
			env.Setenv("XDG_STATE_HOME", stateHome)
			stateDir := filepath.Join(stateHome, "reportsync")
			env.Setenv("STATE", stateDir)
			return serveBeside(env, stateDir)
		},
	})
}

// serveBeside starts the org and the daemon of a script.
func serveBeside(env *testscript.Env, stateDir string) error {
	const contacts = 3
	o, err := startOrg(contacts)
	if err != nil {
		return err
	}
	env.Defer(func() { report(env, o.stop()) })
	env.Setenv("ORG", o.url)
	if err := writeReport(stateDir, contacts, "stranger@example.com,new"); err != nil {
		return err
	}
	ctx := context.Background()
	d, err := daemon.New(ctx, daemon.Options{StateDir: stateDir, Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	env.Defer(func() {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		report(env, d.Stop(ctx))
	})
	if err := d.Start(ctx); err != nil {
		return err
	}
	c, err := clientOf(stateDir, d.URL())
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = configure(ctx, c, o, stateDir)
	return err
}

func report(env *testscript.Env, err error) {
	if err != nil {
		env.T().Fatal(err)
	}
}
