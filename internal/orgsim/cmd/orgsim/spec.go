package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// orgSpec is an org to be served, and what it begins with.
type orgSpec struct {
	name    string // "" where there is but one
	config  orgsim.Config
	listen  string
	url     string // of clients' view; "" for that of the listener
	urlFile string

	schema  string // file; "" for the standard objects
	restore string // dump to begin with, in place of a schema
	loads   []load
	faults  []fault.Fault
}

// load is a CSV file of records of an object.
type load struct{ object, file string }

// loginSpec is a login host to be served.
type loginSpec struct {
	sandbox bool
	listen  string
	urlFile string
	faults  []fault.Fault // settled
}

// serving is all that a program serves.
type serving struct {
	orgs   []orgSpec
	logins []loginSpec
}

// urlFiles are the files that URLs are told in.
func (s *serving) urlFiles() []string {
	var names []string
	for _, org := range s.orgs {
		names = append(names, org.urlFile)
	}
	for _, login := range s.logins {
		names = append(names, login.urlFile)
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// check refuses what could not be told apart.
func (s *serving) check() error {
	files := map[string]bool{}
	for _, name := range s.urlFiles() {
		if files[name] {
			return fmt.Errorf("two URLs cannot be written to one file, %s", name)
		}
		files[name] = true
	}
	return nil
}

// make builds the org, its records and faults.
func (s *orgSpec) make() (*orgsim.Org, error) {
	org, err := s.begin()
	if err != nil {
		return nil, err
	}
	if err := s.fill(org); err != nil {
		org.Close()
		return nil, err
	}
	if s.url != "" {
		org.SetURL(s.url)
	}
	return org, nil
}

func (s *orgSpec) begin() (*orgsim.Org, error) {
	if s.restore != "" {
		file, err := os.Open(s.restore)
		if err != nil {
			return nil, fmt.Errorf("restore: %w", err)
		}
		defer file.Close()
		org, err := orgsim.Restore(s.config, file)
		if err != nil {
			return nil, fmt.Errorf("restore %s: %w", s.restore, err)
		}
		return org, nil
	}
	if s.schema != "" {
		var err error
		if s.config.Schema, err = schema.Load(s.schema); err != nil {
			return nil, err
		}
	}
	return orgsim.New(s.config)
}

// fill loads files in order, so that parents can come first.
func (s *orgSpec) fill(org *orgsim.Org) error {
	for _, l := range s.loads {
		if err := l.into(org); err != nil {
			return fmt.Errorf("load %s from %s: %w", l.object, l.file, err)
		}
	}
	return org.AddFaults(s.faults...)
}

func (l load) into(org *orgsim.Org) error {
	file, err := os.Open(l.file)
	if err != nil {
		return err
	}
	defer file.Close()
	n, err := org.LoadCSV(l.object, file)
	if err != nil {
		return fmt.Errorf("after %d records: %w", n, err)
	}
	return nil
}

var errRemote = errors.New("other machines could reach the org, whose credentials are no secret; --allow-remote permits it")

// checkListen refuses addresses that other machines reach, unless they are
// meant to.
func checkListen(address string, remote bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || remote {
		return nil //nolint:nilerr // listening will tell what is wrong with it
	}
	ip, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("listen on %s: %w", address, errRemote)
}
