// Command bench measures whole runs: the daemon and a simulated org as processes of their own, spoken to over loopback
// as a user would, and the memory, the API calls and the time that they took.
//
// The flow: each work makes its data ([data]), starts what it needs ([rig]), declares source, connection and
// integration by the config API ([daemon]), carries runs out and checks every count, and returns figures, each beside
// its target. What a run is held against, the floor, is measured next to it: reading the same bytes with encoding/csv
// and doing nothing with them. A wrong count ends the program with an error; a missed target is only marked, because
// time depends on the machine.
//
// "make bench" runs all works; "go run ./internal/bench -only million" runs one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// settings are what the flags say.
type settings struct {
	bin    string // folder with reportsyncd and orgsim; empty to build them
	dir    string // folder for data and state
	repeat int    // how often what takes seconds is measured
	rows   int    // of the largest report that work linear reads
	log    bool   // print how each run went
}

// work is something that is measured.
type work struct {
	name    string
	about   string
	measure func(ctx context.Context, s settings) ([]figure, error)
}

var works = []work{
	{"cost", "API calls of 20,000 rows onto 20,000 Contacts by Email, and of 150 onto a million", measureCost},
	{"updates", "20,000 updates at 100 ms a request", measureUpdates},
	{"million", "1,000,000 rows onto 1,000,000 Contacts, 10 % changed", measureMillion},
	{"schedule", "1,000 integrations of 200 rows due in the same minute, 20 orgs", measureSchedule},
	{"linear", "a quarter, a half and all of -rows rows onto as many Contacts, 10 % changed", measureLinear},
}

func main() {
	var s settings
	only := flag.String("only", "", "works to measure, separated by commas: "+names()+"; default all")
	skip := flag.String("skip", "", "works to leave out, separated by commas")
	flag.StringVar(&s.bin, "bin", "", "folder with reportsyncd and orgsim; default: they are built")
	flag.StringVar(&s.dir, "dir", "", "folder for data and state, which is left there; default: a temporary one")
	flag.IntVar(&s.repeat, "repeat", 5, "how often what takes seconds is measured")
	flag.IntVar(&s.rows, "rows", tenMillion, "rows of the largest report of work linear; the simulated org needs some 360 bytes of memory for each")
	flag.BoolVar(&s.log, "log", false, "print the log of each run, with milliseconds, and the calls that the org counted, by kind")
	flag.Parse()
	// Also when the terminal goes away no program may be left behind.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, s, list(*only), list(*skip)); err != nil {
		stop()
		fmt.Fprintf(os.Stderr, "bench: %s\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, only, skip []string) (err error) {
	for _, name := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(works, func(w work) bool { return w.name == name }) {
			return fmt.Errorf("there is no work %q: name some of %s", name, names())
		}
	}
	if s.repeat < 1 || s.rows < 4 {
		return fmt.Errorf("-repeat %d and -rows %d must be at least 1 and 4", s.repeat, s.rows)
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "reportsync-bench-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		s.dir = dir
	}
	if s.bin == "" {
		if s.bin, err = build(ctx, s.dir); err != nil {
			return err
		}
	}
	return measure(ctx, s, only, skip)
}

// measure measures the works and prints a table of each.
func measure(ctx context.Context, s settings, only, skip []string) error {
	fmt.Println(machine())
	for _, w := range works {
		if len(only) > 0 && !slices.Contains(only, w.name) || slices.Contains(skip, w.name) {
			continue
		}
		started := time.Now()
		figures, err := w.measure(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		fmt.Printf("\n%s: %s (measured in %s)\n\n", w.name, w.about, time.Since(started).Round(time.Second))
		printTable(os.Stdout, figures)
	}
	return nil
}

func names() string {
	all := make([]string, len(works))
	for i, w := range works {
		all[i] = w.name
	}
	return strings.Join(all, ", ")
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
