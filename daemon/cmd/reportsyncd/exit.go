package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Exit codes, as the help of the program lists them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitRejected    = 2   // a followed run went through, but rows were rejected
	exitInterrupted = 130 // as shells have it for SIGINT
)

// outcome ends the program with a code when everything has been said already.
type outcome int

func (o outcome) Error() string { return fmt.Sprintf("exit code %d", int(o)) }

// exit tells the user about err and returns the exit code.
func (p *program) exit(err error) int {
	if err == nil {
		return exitDone
	}
	if code, ok := errors.AsType[outcome](err); ok {
		return int(code)
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(p.err, "reportsyncd: interrupted")
		return exitInterrupted
	}
	fmt.Fprintln(p.err, "reportsyncd: "+explain(err))
	return exitFailed
}

// explain says what went wrong in plain sentences: the message, each value to blame, the way out.
func explain(err error) string {
	var b strings.Builder
	e, ok := errors.AsType[*reportsync.Error](err)
	if !ok {
		return err.Error()
	}
	b.WriteString(e.Message)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "\n  %s: %s", f.Pointer, f.Detail)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "\n  %s", e.Hint)
	}
	if answer, ok := errors.AsType[*api.ResponseError](err); ok && e.Code == reportsync.CodeInternal && answer.RequestID != "" {
		fmt.Fprintf(&b, "\n  The daemon's log has the details under request %s.", answer.RequestID)
	}
	return b.String()
}
