// Command demo shows the whole product at work on this machine: a simulated Salesforce org, the daemon, the quickstart
// applied with a real Terraform CLI, a run with its log, and the records before and after. It checks everything that it
// shows and ends with 0 only if all of it was as it should be.
//
// It is started by "make demo", from the root of the project, with the programs built into ./bin.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	cli := flag.String("cli", "", "path of a Terraform or OpenTofu CLI")
	keep := flag.Bool("keep", false, "leave everything running at the end")
	flag.Parse()
	// Also when the terminal goes away, or the pipe that the demo prints to, nothing may be left behind.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()
	if err := run(ctx, *cli, *keep); err != nil {
		stop()
		fmt.Fprintf(os.Stderr, "\nThe demo failed: %s\n", err)
		os.Exit(1)
	}
}

// run stages the demo, plays it and takes it down again, also when it fails or is interrupted.
func run(ctx context.Context, cli string, keep bool) (err error) {
	s, err := newStage(cli)
	if err != nil {
		return err
	}
	defer func() {
		if keep && err == nil {
			err = s.leave()
			return
		}
		if closeErr := s.close(); err == nil {
			err = closeErr
		}
	}()
	return s.play(ctx)
}

// play is the demo, scene by scene.
func (s *stage) play(ctx context.Context) error {
	title("A simulated Salesforce org and the daemon")
	if err := s.startOrg(ctx); err != nil {
		return err
	}
	if err := s.startDaemon(ctx); err != nil {
		return err
	}

	title("What Terraform will set up")
	if err := s.terraform(ctx, "init", "-input=false"); err != nil {
		return err
	}
	if err := s.terraform(ctx, "plan", "-input=false", "-out=plan"); err != nil {
		return err
	}
	before, err := s.contacts(ctx)
	if err != nil {
		return err
	}
	title("Setting it up")
	if err := s.terraform(ctx, "apply", "-input=false", "plan"); err != nil {
		return err
	}

	title("The sync, on demand (it also runs by itself every day at 09:00 UTC)")
	first, err := s.sync(ctx)
	if err != nil {
		return err
	}
	if err := s.reportsyncd(ctx, "log", first.ID); err != nil {
		return err
	}
	after, err := s.contacts(ctx)
	if err != nil {
		return err
	}
	title("A handful of records, before and after")
	printChanges(before, after)

	title("A second plan, which must be empty")
	if err := s.terraform(ctx, "plan", "-input=false", "-detailed-exitcode"); err != nil {
		return fmt.Errorf("the second plan is not empty: %w", err)
	}
	title("A second sync, which must write nothing")
	second, err := s.sync(ctx)
	if err != nil {
		return err
	}
	if err := s.reportsyncd(ctx, "runs"); err != nil {
		return err
	}

	title("What was checked")
	return check(first, second, before, after)
}
