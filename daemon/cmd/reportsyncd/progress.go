package main

import (
	"fmt"
	"io"

	"github.com/schollz/progressbar/v3"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// progress shows where a run is: a bar on a terminal, a line per stage elsewhere.
type progress interface {
	show(run reportsync.Run)
	away(err error) // the daemon does not answer
	close()
}

func (p *program) newProgress(run reportsync.Run) progress {
	if p.terminal {
		return &bar{out: p.err, name: run.IntegrationName}
	}
	return &lines{out: p.err}
}

// describe says where a run is, without numbers that move.
func describe(run reportsync.Run) string {
	if run.Status == reportsync.RunQueued {
		return queued(run)
	}
	if run.Stage == "" {
		return "starting"
	}
	return string(run.Stage)
}

// queued says what a run in the queue waits for.
func queued(run reportsync.Run) string {
	if run.Waiting == nil {
		return "queued"
	}
	what := "a newer report"
	if run.UnansweredSince != nil {
		what = "the org's answers"
	}
	return "queued (waits for " + what + " until " + run.Waiting.Until.UTC().Format("2006-01-02 15:04 UTC") + ")"
}

// lines writes a line whenever the stage changes.
type lines struct {
	out  io.Writer
	last string
	gone bool
}

func (l *lines) show(run reportsync.Run) {
	l.gone = false
	if now := describe(run); now != l.last {
		l.last = now
		fmt.Fprintf(l.out, "%s: %s\n", run.ID, now)
	}
}

func (l *lines) away(err error) {
	if !l.gone {
		l.gone = true
		fmt.Fprintf(l.out, "%s; still trying\n", err)
	}
}

func (l *lines) close() {}

// bar redraws one line: the stage, and how far it is where the total is known.
type bar struct {
	out   io.Writer
	name  string
	stage string
	total int64
	drawn *progressbar.ProgressBar
}

func (b *bar) show(run reportsync.Run) {
	stage := describe(run)
	var done, total int64
	if run.Progress != nil {
		done, total = run.Progress.Done, run.Progress.Total
	}
	if b.drawn == nil || stage != b.stage || total != b.total {
		b.close()
		b.stage, b.total = stage, total
		b.drawn = progressbar.NewOptions64(unknownAsSpinner(total),
			progressbar.OptionSetWriter(b.out),
			progressbar.OptionSetDescription(fmt.Sprintf("%s  %-8s", b.name, stage)),
			progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(30),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetRenderBlankState(true),
			// Else the bar redraws itself, from a goroutine that nobody can wait for.
			progressbar.OptionSetSpinnerChangeInterval(0),
		)
	}
	// A bar that can't be drawn must not end the following of the run.
	_ = b.drawn.Set64(min(done, unknownAsLarge(total)))
}

func (b *bar) away(error) {
	if b.drawn != nil {
		b.drawn.Describe(b.name + "  waiting for the daemon")
	}
}

func (b *bar) close() {
	if b.drawn != nil {
		_ = b.drawn.Clear()
		_ = b.drawn.Exit()
		b.drawn = nil
	}
}

// unknownAsSpinner is the library's sign for a total that is not known.
func unknownAsSpinner(total int64) int64 {
	if total <= 0 {
		return -1
	}
	return total
}

func unknownAsLarge(total int64) int64 {
	if total <= 0 {
		return 1<<63 - 1
	}
	return total
}
