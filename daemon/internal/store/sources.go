package store

import (
	"context"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// CreateSource stores a new source. Errors: conflict (the name is taken).
func (s *Store) CreateSource(ctx context.Context, spec reportsync.SourceSpec) (src reportsync.Source, err error) {
	err = s.changeConfig(ctx, func(tx conn) error {
		r, err := sources.create(ctx, tx, reportsync.NewID(reportsync.SourceID), spec.Name, spec)
		if err != nil {
			return err
		}
		src, err = sourceOf(r)
		return err
	})
	return src, err
}

// ReplaceSource stores a new spec; ifRevision is the revision that it is meant for, 0 for any. Nothing changed keeps the
// revision. Errors: not found, precondition failed, conflict (the name is taken).
func (s *Store) ReplaceSource(ctx context.Context, id string, ifRevision int64, spec reportsync.SourceSpec) (src reportsync.Source, err error) {
	err = s.changeConfig(ctx, func(tx conn) error {
		r, err := sources.find(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := sources.checkRevision(r, ifRevision); err != nil {
			return err
		}
		same, err := sameSpec(r.spec, spec)
		if err != nil {
			return err
		}
		if !same {
			if r, err = sources.replace(ctx, tx, r, spec.Name, spec); err != nil {
				return err
			}
		}
		src, err = sourceOf(r)
		return err
	})
	return src, err
}

// Source returns a source. Errors: not found.
func (s *Store) Source(ctx context.Context, id string) (reportsync.Source, error) {
	r, err := sources.find(ctx, s.reader(), id)
	if err != nil {
		return reportsync.Source{}, err
	}
	return sourceOf(r)
}

// Sources returns a page of sources and where the next one begins, empty after the last.
func (s *Store) Sources(ctx context.Context, l List) ([]reportsync.Source, string, error) {
	rows, next, err := sources.list(ctx, s.reader(), l)
	if err != nil {
		return nil, "", err
	}
	all, err := convert(rows, sourceOf)
	return all, next, err
}

// DeleteSource deletes a source. Errors: not found, precondition failed, in use (naming the integrations or the live
// run).
func (s *Store) DeleteSource(ctx context.Context, id string, ifRevision int64) error {
	return s.deleteReferenced(ctx, sources, "source_id", id, ifRevision)
}

func sourceOf(r record) (reportsync.Source, error) {
	spec, err := decode[reportsync.SourceSpec](r.spec)
	return reportsync.Source{ID: r.id, Revision: r.revision, SourceSpec: spec}, err
}
