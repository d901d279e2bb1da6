package server

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// capabilities lists what this daemon can do.
var capabilities = []string{
	api.CapabilityClientCredentials, api.CapabilityFiles, api.CapabilityCSV,
	api.CapabilityUpdate, api.CapabilityUpsert, api.CapabilityInsert, api.CapabilityDryRun, api.CapabilityIgnoreGuards,
}

type metaOutput struct{ Body api.Meta }

type healthOutput struct{ Body health }

// health says that the daemon is up, or ready.
type health struct {
	Status string `json:"status" enum:"ok"`
}

func (s *server) mountMeta() {
	register(s, reportsync.RoleViewer, huma.Operation{
		OperationID: "get-meta", Method: http.MethodGet, Path: prefix + "/meta", Tags: []string{tagMeta}, Summary: "What the daemon is and can do",
	}, s.meta)
	register(s, public, huma.Operation{
		OperationID: "get-health", Method: http.MethodGet, Path: "/healthz", Tags: []string{tagMeta}, Summary: "Whether the daemon is up",
	}, func(context.Context, *struct{}) (*healthOutput, error) {
		return &healthOutput{Body: health{Status: "ok"}}, nil
	})
	register(s, public, huma.Operation{
		OperationID: "get-readiness", Method: http.MethodGet, Path: "/readyz", Tags: []string{tagMeta}, Summary: "Whether the daemon can work",
		Errors: []int{http.StatusServiceUnavailable},
	}, s.readiness)
}

func (s *server) meta(context.Context, *struct{}) (*metaOutput, error) {
	return &metaOutput{Body: api.Meta{Version: s.version, APIVersion: api.Version, Capabilities: capabilities}}, nil
}

// readiness tells anybody that the daemon is not ready, and only the log why: once, however often it is probed.
func (s *server) readiness(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	err := s.store.Ping(ctx)
	what := "its store does not answer"
	if err == nil && s.ready != nil {
		err, what = s.ready(ctx), "it does not work on runs"
	}
	if err == nil {
		what = ""
	}
	before, _ := s.unready.Swap(what).(string)
	switch {
	case before == what:
	case err != nil:
		s.log.Warn("not ready", "request_id", exchangeOf(ctx).requestID, "error", err)
	default:
		s.log.Info("ready again", "request_id", exchangeOf(ctx).requestID)
	}
	if err != nil {
		return nil, reportsync.Errorf(reportsync.CodeUnavailable, "the daemon is not ready: %s", what).WithHint("its log says more")
	}
	return &healthOutput{Body: health{Status: "ok"}}, nil
}
