package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/server"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// The read timeout of a server is for reading: a handler that works for longer keeps its context.
func TestReadTimeoutSparesHandlers(t *testing.T) {
	t.Parallel()
	const readTimeout = time.Second
	w := setup(t)
	slow := checksThatWait{w.checks, readTimeout * 3 / 2}
	w.cfg.Checks = slow
	s := httptest.NewUnstartedServer(server.New(w.cfg))
	s.Config.ReadTimeout = readTimeout
	s.Start()
	t.Cleanup(s.Close)
	w.url = s.URL
	c, err := w.store.CreateConnection(t.Context(), connectionSpec("a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, slow := range []call{
		{method: http.MethodPost, path: "/v1/sources", body: sourceSpec("a")},
		{method: http.MethodPost, path: "/v1/connections/" + c.ID + "/test"},
	} {
		if r := w.do(slow); r.status >= http.StatusBadRequest {
			t.Errorf("%s: %d %s", slow.path, r.status, r.body)
		}
	}
}

// checksThatWait take their time.
type checksThatWait struct {
	*checks
	time time.Duration
}

func (c checksThatWait) CheckSource(ctx context.Context, _ reportsync.SourceSpec) error {
	return c.wait(ctx)
}

func (c checksThatWait) TestConnection(ctx context.Context, _ string) (api.ConnectionTest, error) {
	return login, c.wait(ctx)
}

func (c checksThatWait) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(c.time):
		return nil
	}
}
