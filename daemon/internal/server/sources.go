package server

import (
	"context"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func (s *server) mountSources() {
	o := objects[reportsync.SourceSpec, reportsync.Source]{
		singular: "source", plural: "sources", tag: tagSources, ids: reportsync.SourceID,
		create: s.store.CreateSource, replace: s.store.ReplaceSource, get: s.store.Source,
		list: s.store.Sources, remove: s.store.DeleteSource,
		revision: func(t reportsync.Source) int64 { return t.Revision },
		id:       func(t reportsync.Source) string { return t.ID },
		check:    s.checkSource,
	}
	o.mount(s)
	register(s, reportsync.RoleViewer, o.listOperation(), func(ctx context.Context, in *ListParams) (*pageOutput[reportsync.Source], error) {
		return o.page(ctx, store.List{Name: in.Name, Cursor: in.Cursor, Limit: in.Limit})
	})
}

func (s *server) checkSource(ctx context.Context, spec reportsync.SourceSpec, _ *reportsync.Source) error {
	if err := spec.Validate(); err != nil {
		return err
	}
	return nameSource(blame(s.checks.CheckSource(ctx, spec), "/files/url"), spec.Name)
}

// nameSource says of which source a folder is refused: who opens it knows its URL alone.
func nameSource(err error, name string) error {
	e, ok := asDomainError(err)
	if !ok || e.Code != reportsync.CodeInvalid || len(e.Fields) == 0 {
		return err
	}
	named := *e
	named.Message = fmt.Sprintf("source %q: %s", name, e.Fields[0].Detail)
	return &named
}
