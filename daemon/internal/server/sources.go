package server

import (
	"context"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func (s *server) mountSources() {
	o := objects[reportsync.SourceSpec, reportsync.Source]{
		singular: "source", plural: "sources", tag: tagSources,
		create: s.store.CreateSource, replace: s.store.ReplaceSource, get: s.store.Source,
		list: s.store.Sources, remove: s.store.DeleteSource,
		revision: func(t reportsync.Source) int64 { return t.Revision },
		id:       func(t reportsync.Source) string { return t.ID },
		check:    s.checkSource,
	}
	o.mount(s)
	register(s, reportsync.RoleViewer, o.listOperation(), func(ctx context.Context, in *ListParams) (*pageOutput[reportsync.Source], error) {
		items, next, err := o.list(ctx, store.List{Name: in.Name, Cursor: in.Cursor, Limit: in.Limit})
		if err != nil {
			return nil, err
		}
		return page(items, next), nil
	})
}

func (s *server) checkSource(ctx context.Context, spec reportsync.SourceSpec, _ *reportsync.Source) error {
	if err := spec.Validate(); err != nil {
		return err
	}
	return blame(s.checks.CheckSource(ctx, spec), "/files/url")
}
