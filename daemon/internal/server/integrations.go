package server

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

type integrationListInput struct {
	ListParams
	SourceID     string `query:"source_id" maxLength:"100" doc:"Only those that read from this source"`
	ConnectionID string `query:"connection_id" maxLength:"100" doc:"Only those that write to this connection"`
}

func (s *server) mountIntegrations() {
	o := objects[reportsync.IntegrationSpec, reportsync.Integration]{
		singular: "integration", plural: "integrations", tag: tagIntegrations, ids: reportsync.IntegrationID,
		create: s.store.CreateIntegration, replace: s.store.ReplaceIntegration, get: s.store.Integration,
		list: s.store.Integrations, remove: s.store.DeleteIntegration,
		revision: func(t reportsync.Integration) int64 { return t.Revision },
		id:       func(t reportsync.Integration) string { return t.ID },
		check:    s.checkIntegration,
	}
	o.mount(s)
	register(s, reportsync.RoleViewer, o.listOperation(), func(ctx context.Context, in *integrationListInput) (*pageOutput[reportsync.Integration], error) {
		return o.page(ctx, store.List{
			Name: in.Name, Cursor: in.Cursor, Limit: in.Limit, SourceID: in.SourceID, ConnectionID: in.ConnectionID,
		})
	})
	// Its findings name columns of reports and fields of orgs, which viewers have no part in.
	register(s, reportsync.RoleOperator, huma.Operation{
		OperationID: "validate-integration", Method: http.MethodPost, Path: prefix + "/integrations:validate", Tags: []string{tagIntegrations},
		Summary: "Check an integration without storing it",
		Description: "What create and replace check. Columns and fields are compared with the newest report and with the org; " +
			"what can't be reached is named in unchecked.",
		Errors: []int{http.StatusServiceUnavailable},
	}, s.validateIntegration)
}

type validationOutput struct{ Body api.Validation }

// validateIntegration answers with what is wrong instead of failing for it.
func (s *server) validateIntegration(ctx context.Context, in *createInput[api.IntegrationCheck]) (*validationOutput, error) {
	v, err := s.examine(ctx, in.Body.IntegrationSpec)
	if err != nil {
		return nil, err
	}
	if v.Errors == nil {
		v.Errors = []reportsync.FieldError{}
	}
	if v.Unchecked == nil {
		v.Unchecked = []string{}
	}
	return &validationOutput{Body: v}, nil
}

// checkIntegration fails for what is wrong and lets pass what could not be looked at: it will be when the run opens.
func (s *server) checkIntegration(ctx context.Context, spec reportsync.IntegrationSpec, _ *reportsync.Integration) error {
	v, err := s.examine(ctx, spec)
	if err != nil {
		return err
	}
	return reportsync.Invalid(fmt.Sprintf("integration %q", spec.Name), v.Errors)
}

// examine gathers what is wrong with an integration, each step only once those before found nothing.
func (s *server) examine(ctx context.Context, spec reportsync.IntegrationSpec) (api.Validation, error) {
	if e, ok := asDomainError(spec.Validate()); ok {
		return api.Validation{Errors: e.Fields}, nil
	}
	missing, err := s.store.MissingReferences(ctx, spec)
	if err != nil || len(missing) > 0 {
		return api.Validation{Errors: missing}, err
	}
	return s.checks.CheckIntegration(ctx, spec)
}
