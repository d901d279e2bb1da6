package work

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

func TestSlogHandler(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := hclog.New(&hclog.LoggerOptions{Name: "river", Output: &out, DisableTime: true, Level: hclog.Debug})
	s := slog.New(newSlogHandler(log, slog.LevelWarn))
	s.Info("too low")
	s.With("job", 7).WithGroup("db").Warn("slow", "table", "river_job")
	s.Error("gone")
	want := []string{`[WARN]  river: slow: job=7 db.table=river_job`, `[ERROR] river: gone`}
	if got := strings.Split(strings.TrimSpace(out.String()), "\n"); len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("logged %q, want %q", got, want)
	}
}
