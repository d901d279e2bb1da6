package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/server"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// The read timeout of a server is for reading: a handler that works for longer keeps its context.
func TestReadTimeoutSparesHandlers(t *testing.T) {
	t.Parallel()
	const readTimeout = time.Second
	w := setup(t)
	slow := checksThatWait{w.checks, 2 * readTimeout}
	w.cfg.Checks = slow
	s := httptest.NewUnstartedServer(server.New(w.cfg))
	s.Config.ReadTimeout = readTimeout
	s.Start()
	t.Cleanup(s.Close)
	w.url = s.URL
	if r := w.do(call{method: http.MethodPost, path: "/v1/sources", body: sourceSpec("a")}); r.status != http.StatusCreated {
		t.Errorf("a slow handler: %d %s", r.status, r.body)
	}
}

// checksThatWait takes its time to look at a source.
type checksThatWait struct {
	*checks
	time time.Duration
}

func (c checksThatWait) CheckSource(ctx context.Context, _ reportsync.SourceSpec) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(c.time):
		return nil
	}
}
