package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// stopTimeout is how long requests under way may take once a signal has come.
const stopTimeout = 5 * time.Second

// running is what listens, in the order in which it was started.
type running struct {
	orgs    []*orgsim.Org
	servers []endpoint
}

// endpoint is a server with the names that its URL is told under.
type endpoint struct {
	server  *orgsim.Server
	name    string
	urlFile string
}

// run serves until the context ends. URLs are told once all of it is ready.
func (s *serving) run(ctx context.Context, out io.Writer) (err error) {
	if err := s.removeURLs(); err != nil {
		return err
	}
	var r running
	defer func() { err = errors.Join(err, r.stop(context.WithoutCancel(ctx))) }()
	for i := range s.orgs {
		if err := r.startOrg(&s.orgs[i]); err != nil {
			return named(s.orgs[i].name, err)
		}
	}
	for _, login := range s.logins {
		if err := r.startLogin(login); err != nil {
			return err
		}
	}
	if err := r.announce(out); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// named says which of several orgs an error is about.
func named(name string, err error) error {
	if name == "" {
		return err
	}
	return fmt.Errorf("org %s: %w", name, err)
}

func (r *running) startOrg(spec *orgSpec) error {
	org, err := spec.make()
	if err != nil {
		return err
	}
	server, err := orgsim.Start(org, spec.listen)
	if err != nil {
		org.Close()
		return err
	}
	r.orgs = append(r.orgs, org)
	r.servers = append(r.servers, endpoint{server, spec.name, spec.urlFile})
	return nil
}

func (r *running) startLogin(spec loginSpec) error {
	name := "login"
	if spec.sandbox {
		name = "test"
	}
	host := orgsim.NewLoginHost(spec.sandbox, r.orgs...)
	if err := host.AddFaults(spec.faults...); err != nil {
		host.Close()
		return fmt.Errorf("login host %s: %w", name, err)
	}
	server, err := orgsim.StartLogin(host, spec.listen)
	if err != nil {
		return err
	}
	r.servers = append(r.servers, endpoint{server, name, spec.urlFile})
	return nil
}

// stop ends all servers, the last started first.
func (r *running) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	var errs []error
	for _, e := range slices.Backward(r.servers) {
		errs = append(errs, e.forget(), e.server.Stop(ctx))
	}
	return errors.Join(errs...)
}

// announce writes the URL files and prints the URLs: a line each, the name
// behind it where there are several.
func (r *running) announce(out io.Writer) error {
	for _, e := range r.servers {
		if e.urlFile == "" {
			continue
		}
		if err := writeURL(e.urlFile, e.server.URL()); err != nil {
			return fmt.Errorf("write URL file: %w", err)
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, e := range r.servers {
		if len(r.servers) == 1 {
			fmt.Fprintln(table, e.server.URL())
			continue
		}
		fmt.Fprintf(table, "%s\t%s\n", e.server.URL(), e.name)
	}
	return table.Flush()
}

// removeURLs takes away the files that an earlier program has left, so that
// nobody who waits for one finds the URL of that.
func (s *serving) removeURLs() error {
	for _, name := range s.urlFiles() {
		if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
			continue // not there, or nothing that a program like this has left
		}
		if err := os.Remove(name); err != nil {
			return fmt.Errorf("remove the URL file of an earlier org: %w", err)
		}
	}
	return nil
}

// forget removes the endpoint's URL file, unless it is another's by now.
func (e *endpoint) forget() error {
	if e.urlFile == "" {
		return nil
	}
	text, err := os.ReadFile(e.urlFile)
	if err != nil || strings.TrimSpace(string(text)) != e.server.URL() {
		return nil //nolint:nilerr // it is not there, or not ours
	}
	return os.Remove(e.urlFile)
}

// writeURL gives the file its name only when it is whole, so that whoever waits
// for it never reads half of it.
func writeURL(path, url string) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".orgsim-url-*")
	if err != nil {
		return err
	}
	_, err = temporary.WriteString(url + "\n")
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}
