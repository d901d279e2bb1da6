package server

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func (s *server) mountConnections() {
	o := objects[reportsync.ConnectionSpec, reportsync.Connection]{
		singular: "connection", plural: "connections", tag: tagConnections, ids: reportsync.ConnectionID,
		create: s.store.CreateConnection, replace: s.store.ReplaceConnection, get: s.store.Connection,
		list: s.store.Connections, remove: s.store.DeleteConnection,
		revision: func(c reportsync.Connection) int64 { return c.Revision },
		id:       func(c reportsync.Connection) string { return c.ID },
		check:    s.checkConnection,
	}
	o.mount(s)
	register(s, reportsync.RoleViewer, o.listOperation(), func(ctx context.Context, in *ListParams) (*pageOutput[reportsync.Connection], error) {
		return o.page(ctx, store.List{Name: in.Name, Cursor: in.Cursor, Limit: in.Limit})
	})
	register(s, reportsync.RoleOperator, huma.Operation{
		OperationID: "test-connection", Method: http.MethodPost, Path: o.path() + "/{id}/test", Tags: []string{tagConnections},
		Summary: "Log in with a connection", Errors: []int{http.StatusBadGateway, http.StatusServiceUnavailable},
	}, s.testConnection)
}

type connectionTestOutput struct{ Body api.ConnectionTest }

func (s *server) testConnection(ctx context.Context, in *IDParam) (*connectionTestOutput, error) {
	if _, err := s.store.Connection(ctx, in.ID); err != nil {
		return nil, err
	}
	t, err := s.checks.TestConnection(ctx, in.ID)
	if err != nil {
		return nil, blameLogin(err)
	}
	return &connectionTestOutput{Body: t}, nil
}

// checkConnection logs in before a connection is stored. A replacement is tried only where what logs in has changed, so
// that a name can be changed while the org is down.
func (s *server) checkConnection(ctx context.Context, spec reportsync.ConnectionSpec, old *reportsync.Connection) error {
	if err := spec.Validate(); err != nil {
		return err
	}
	if old != nil {
		secret, changed, err := s.changedLogin(ctx, spec, *old)
		if err != nil || !changed {
			return err
		}
		spec = spec.WithSecret(secret)
	} else if err := spec.RequireSecret(); err != nil {
		return err
	}
	_, err := s.checks.CheckConnection(ctx, spec)
	return blameLogin(err)
}

// changedLogin reports whether a replacement logs in otherwise than before, and the secret that it does so with.
// Errors: invalid (the stored secret does not hold any more, and none is sent).
func (s *server) changedLogin(ctx context.Context, spec reportsync.ConnectionSpec, old reportsync.Connection) (reportsync.Secret, bool, error) {
	stored, err := s.store.ConnectionSecret(ctx, old.ID)
	if err != nil {
		return "", false, err
	}
	sent, elsewhere := spec.Secret(), spec.Environment != old.Environment
	if sent == "" {
		return stored, elsewhere, spec.KeepsSecret(old.ConnectionSpec)
	}
	return sent, elsewhere || sent != stored || spec.KeepsSecret(old.ConnectionSpec) != nil, nil
}

// loginPointers says which attribute most likely caused that a login failed.
var loginPointers = map[reportsync.Code]string{
	reportsync.CodeCredentials: reportsync.SecretPointer,
	reportsync.CodeUnavailable: "/login_url",
	reportsync.CodeOrgMismatch: "/environment",
}

// blameLogin points a failed login at an attribute, where the check itself did not.
func blameLogin(err error) error {
	if pointer, ok := loginPointers[reportsync.CodeOf(err)]; ok {
		return blame(err, pointer)
	}
	return err
}
