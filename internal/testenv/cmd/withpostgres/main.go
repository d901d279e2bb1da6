// Command withpostgres runs another command with REPORTSYNC_TEST_DATABASE_URL naming a private PostgreSQL
// cluster, so that many test processes share one, and removes the cluster when the command ends.
//
//	go run ./internal/testenv/cmd/withpostgres go test ./...
//
// Where the variable is set already, the database it names is used. Where PostgreSQL is not installed, the
// command runs without one and its tests say themselves that they are skipped. The exit code is the
// command's own.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv/pgcluster"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run returns the exit code: the command's, 2 for wrong usage, 1 for what went wrong here.
func run(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: withpostgres COMMAND [ARGUMENT...]")
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	code, err := runWithDatabase(ctx, args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpostgres:", err)
		return max(code, 1)
	}
	return code
}

// runWithDatabase runs args with a database in its environment and takes the database away afterwards.
func runWithDatabase(ctx context.Context, args []string) (code int, err error) {
	if os.Getenv(testenv.DatabaseURL) != "" {
		return runCommand(ctx, args, os.Environ())
	}
	binaries, err := pgcluster.Find(ctx)
	if errors.Is(err, pgcluster.ErrNotInstalled) {
		fmt.Fprintln(os.Stderr, "withpostgres:", err)
		return runCommand(ctx, args, os.Environ())
	}
	if err != nil {
		return 0, err
	}
	cluster, err := pgcluster.Start(ctx, binaries)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	return runCommand(ctx, args, append(os.Environ(), testenv.DatabaseURL+"="+cluster.URL()))
}

// runCommand runs args to its end and returns its exit code. When ctx ends, the command is asked to end too.
func runCommand(ctx context.Context, args, env []string) (int, error) {
	command := exec.CommandContext(ctx, args[0], args[1:]...)
	command.Env = env
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	// go test passes an interrupt on by waiting for the tests that run, which then clean up.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	err := command.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() >= 0 {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, fmt.Errorf("run %s: %w", args[0], err)
	}
	return 0, nil
}
