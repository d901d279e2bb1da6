package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// maxNamed bounds how many users of a thing a message names.
const maxNamed = 5

// deleteReferenced deletes a source or a connection unless an integration or a live run uses it. column is the name of
// the reference in both tables.
func (s *Store) deleteReferenced(ctx context.Context, k kind, column, id string, ifRevision int64) error {
	return s.changeConfig(ctx, func(tx conn) error {
		r, err := k.find(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := k.checkRevision(r, ifRevision); err != nil {
			return err
		}
		users, err := collect(ctx, tx, scanString, "SELECT name FROM integrations WHERE "+column+" = ? ORDER BY name", id)
		if err != nil {
			return fmt.Errorf("look for users of the %s %q: %w", k.noun, r.name, err)
		}
		if len(users) > 0 {
			return reportsync.Errorf(reportsync.CodeInUse, "the %s %q is used by %s", k.noun, r.name, naming("integration", users)).
				WithHint("delete or change what uses it first")
		}
		// An integration may have been moved away while a run of its revision before is still to come or under way.
		runs, err := collect(ctx, tx, scanString, "SELECT id FROM runs WHERE "+column+" = ? AND status IN ('queued', 'running') ORDER BY id", id)
		if err != nil {
			return fmt.Errorf("look for runs with the %s %q: %w", k.noun, r.name, err)
		}
		if len(runs) > 0 {
			return reportsync.Errorf(reportsync.CodeInUse, "the %s %q is used by %s", k.noun, r.name, naming("live run", runs)).
				WithHint("wait for the run to end, or cancel it")
		}
		return k.delete(ctx, tx, r)
	})
}

// naming lists the users of a thing: the integrations "a", "b" and 3 more.
func naming(noun string, names []string) string {
	if len(names) == 1 {
		return fmt.Sprintf("the %s %q", noun, names[0])
	}
	var b strings.Builder
	fmt.Fprintf(&b, "the %ss ", noun)
	for i, name := range names[:min(len(names), maxNamed)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", name)
	}
	if more := len(names) - maxNamed; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
}

// checkReferences reports a source or a connection that the spec names and that does not exist.
func checkReferences(ctx context.Context, tx conn, spec reportsync.IntegrationSpec) error {
	var wrong []reportsync.FieldError
	for _, ref := range []struct {
		kind        kind
		pointer, id string
	}{{sources, "/source_id", spec.SourceID}, {connections, "/connection_id", spec.ConnectionID}} {
		_, err := ref.kind.find(ctx, tx, ref.id)
		switch {
		case err == nil:
		case reportsync.CodeOf(err) == reportsync.CodeNotFound:
			wrong = append(wrong, reportsync.FieldError{Pointer: ref.pointer, Code: reportsync.CodeNotFound, Detail: err.Error()})
		default:
			return err
		}
	}
	return reportsync.Invalid(fmt.Sprintf("integration %q", spec.Name), wrong)
}
