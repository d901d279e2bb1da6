package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// steps is a run as it goes on.
func steps() []reportsync.Run {
	run := reportsync.Run{ID: "run_1", IntegrationName: "people-to-contacts", Status: reportsync.RunQueued}
	running := func(stage reportsync.Stage, done, total int64) reportsync.Run {
		r := run
		r.Status, r.Stage, r.Progress = reportsync.RunRunning, stage, &reportsync.Progress{Done: done, Total: total}
		return r
	}
	waiting := run
	waiting.Waiting = &reportsync.Waiting{Until: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	return []reportsync.Run{
		run, waiting, running(reportsync.StageExtract, 10, 0), running(reportsync.StageExtract, 20, 0),
		running(reportsync.StageWrite, 200, 450), running(reportsync.StageWrite, 450, 450),
	}
}

// Without a terminal there is a line per stage, and one for a daemon that is away, however often it is asked.
func TestProgressLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{streams: streams{err: &out}}
	view := p.newProgress(reportsync.Run{})
	for i, run := range steps() {
		view.show(run)
		if i == 3 {
			view.away(errors.New("can't reach it"))
			view.away(errors.New("can't reach it"))
		}
	}
	view.close()
	want := "run_1: queued\nrun_1: queued (waits for a newer report until 2026-11-22 12:00 UTC)\nrun_1: extract\ncan't reach it; still trying\nrun_1: write\n"
	if got := out.String(); got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
}

// On a terminal one line is redrawn, with numbers, and wiped at the end.
func TestProgressBar(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{streams: streams{err: &out, terminal: true}}
	view := p.newProgress(steps()[0])
	for i, run := range steps() {
		view.show(run)
		if i == 4 {
			view.away(errors.New("can't reach it"))
		}
	}
	view.close()
	shown := out.String()
	for _, want := range []string{"people-to-contacts", "queued", "extract", "write", "200/450", "waiting for the daemon"} {
		if !strings.Contains(shown, want) {
			t.Errorf("misses %q in %q", want, shown)
		}
	}
	if strings.Contains(shown, "\n") {
		t.Errorf("the bar leaves its line: %q", shown)
	}
}

func TestLogFormats(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{streams: streams{err: &out}}
	log := p.logger(config.Log{Level: hclog.Info, Format: config.FormatJSON})
	log.Debug("too low")
	log.Info("hello", "key", "value")
	var line struct {
		Message string `json:"@message"`
		Key     string `json:"key"`
		Time    string `json:"@timestamp"`
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Message != "hello" || line.Key != "value" || !strings.HasSuffix(line.Time, "Z") {
		t.Errorf("logged %q (%v)", out.String(), err)
	}
	out.Reset()
	p.logger(config.Log{Level: hclog.Info, Format: config.FormatText}).Info("hello", "key", "value")
	if got := out.String(); !strings.Contains(got, "[INFO]  reportsyncd: hello: key=value") {
		t.Errorf("logged %q", got)
	}
}
