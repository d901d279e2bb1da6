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
		singular: "connection", plural: "connections", tag: tagConnections,
		create: s.store.CreateConnection, replace: s.store.ReplaceConnection, get: s.store.Connection,
		list: s.store.Connections, remove: s.store.DeleteConnection,
		revision: func(c reportsync.Connection) int64 { return c.Revision },
		id:       func(c reportsync.Connection) string { return c.ID },
		check:    s.checkConnection,
	}
	o.mount(s)
	register(s, reportsync.RoleViewer, o.listOperation(), func(ctx context.Context, in *ListParams) (*pageOutput[reportsync.Connection], error) {
		items, next, err := o.list(ctx, store.List{Name: in.Name, Cursor: in.Cursor, Limit: in.Limit})
		if err != nil {
			return nil, err
		}
		return page(items, next), nil
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
	}
	if spec.Secret() == "" {
		return reportsync.Invalid(`connection "`+spec.Name+`"`, []reportsync.FieldError{{
			Pointer: pointerSecret, Code: reportsync.CodeInvalid, Detail: "is required for a new connection, and whenever login_url or client_id changes",
		}})
	}
	_, err := s.checks.CheckConnection(ctx, spec)
	return blameLogin(err)
}

// changedLogin reports whether a replacement logs in otherwise than before, and the secret that it does so with: empty
// when it must be sent again, since the stored one belongs to another app or another org.
func (s *server) changedLogin(ctx context.Context, spec reportsync.ConnectionSpec, old reportsync.Connection) (reportsync.Secret, bool, error) {
	stored, err := s.store.ConnectionSecret(ctx, old.ID)
	if err != nil {
		return "", false, err
	}
	moved := spec.EffectiveLoginURL() != old.EffectiveLoginURL() || clientID(spec) != clientID(old.ConnectionSpec)
	switch sent := spec.Secret(); {
	case sent != "":
		return sent, moved || sent != stored || spec.Environment != old.Environment, nil
	case moved:
		return "", true, nil
	default:
		return stored, spec.Environment != old.Environment, nil
	}
}

func clientID(spec reportsync.ConnectionSpec) string {
	if spec.ClientCredentials == nil {
		return ""
	}
	return spec.ClientCredentials.ClientID
}

const pointerSecret = "/client_credentials/client_secret"

// loginPointers says which attribute most likely caused that a login failed.
var loginPointers = map[reportsync.Code]string{
	reportsync.CodeCredentials: pointerSecret,
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
