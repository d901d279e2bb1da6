package server

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Runs starts and ends runs.
type Runs interface {
	// StartRun queues a run and sees to it that it begins soon. [reportsync.CodeConflict] names the live run.
	StartRun(ctx context.Context, n reportsync.NewRun) (reportsync.Run, error)
	// CancelRun ends a queued run at once and a running one as soon as what is in flight has settled.
	// Its log names by, who asked for it.
	CancelRun(ctx context.Context, id, by string) (reportsync.Run, error)
}

// Checks looks at the world outside before something is stored. Its errors are [*reportsync.Error] where a user is to
// be told something; [reportsync.CodeUnavailable] means that the other side could not be asked.
type Checks interface {
	// CheckConnection logs in with the secret that the spec carries.
	CheckConnection(ctx context.Context, spec reportsync.ConnectionSpec) (api.ConnectionTest, error)
	// CheckSource looks whether the source can be read.
	CheckSource(ctx context.Context, spec reportsync.SourceSpec) error
	// CheckIntegration compares columns and fields with report and org. Its source and connection exist.
	CheckIntegration(ctx context.Context, spec reportsync.IntegrationSpec) (api.Validation, error)
	// TestConnection logs in with a stored connection.
	TestConnection(ctx context.Context, id string) (api.ConnectionTest, error)
}

// Config is what the config API stands on. All but Ready must be given.
type Config struct {
	Store     *store.Store
	Artifacts *artifact.Bucket // what has become of the rows of ended runs
	Runs      Runs
	Checks    Checks
	Ready     func(context.Context) error // why the daemon can't work now, beside its store; nil for nothing
	Version   string                      // of reportsyncd
	Logger    hclog.Logger
}

// server holds what the handlers share.
type server struct {
	store     *store.Store
	artifacts *artifact.Bucket
	runs      Runs
	checks    Checks
	ready     func(context.Context) error
	version   string
	log       hclog.Logger
	api       huma.API
	handler   http.Handler
	unready   atomic.Value // string: why the last probe found the daemon not ready; empty when it did not
}

// New makes the handler of the config API. Requests for runs are kept waiting up to [api.MaxRunWait], so the server's
// write timeout must be longer, and the base context of its requests should end when the daemon stops.
func New(cfg Config) http.Handler { return build(cfg).handler }

func build(cfg Config) *server {
	setUpHuma()
	s := &server{
		store: cfg.Store, artifacts: cfg.Artifacts, runs: cfg.Runs, checks: cfg.Checks, ready: cfg.Ready, version: cfg.Version,
		log: cfg.Logger.Named("api"),
	}
	mux := http.NewServeMux()
	s.api = humago.New(mux, openAPIConfig(cfg.Version))
	s.api.UseMiddleware(s.authenticate, s.readBody, s.idempotent)
	s.mountConnections()
	s.mountSources()
	s.mountIntegrations()
	s.mountRuns()
	s.mountOutcomes()
	s.mountTokens()
	s.mountMeta()
	finishOpenAPI(s.api.OpenAPI())
	mux.Handle("GET /docs", docsHandler(s.api.OpenAPI()))
	s.handler = s.exchange(s.route(mux))
	return s
}
