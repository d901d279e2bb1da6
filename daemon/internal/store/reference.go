package store

import (
	"context"
	"fmt"
	"strconv"

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
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return fmt.Sprintf("the %ss %s", noun, reportsync.Enumerate(quoted, maxNamed))
}

// MissingReferences blames the ids of the source and of the connection that the spec names, where they don't exist.
func (s *Store) MissingReferences(ctx context.Context, spec reportsync.IntegrationSpec) ([]reportsync.FieldError, error) {
	return missingReferences(ctx, s.reader(), spec)
}

func missingReferences(ctx context.Context, c conn, spec reportsync.IntegrationSpec) ([]reportsync.FieldError, error) {
	var missing []reportsync.FieldError
	for _, ref := range []struct {
		kind        kind
		pointer, id string
	}{{sources, "/source_id", spec.SourceID}, {connections, "/connection_id", spec.ConnectionID}} {
		_, err := ref.kind.find(ctx, c, ref.id)
		switch {
		case err == nil:
		case reportsync.CodeOf(err) == reportsync.CodeNotFound:
			meant, err := ref.kind.meant(ctx, c, ref.id)
			if err != nil {
				return nil, err
			}
			missing = append(missing, reportsync.FieldError{
				Pointer: ref.pointer, Code: reportsync.CodeNotFound,
				Detail: fmt.Sprintf("there is no %s with the id %q%s", ref.kind.noun, ref.id, meant),
			})
		default:
			return nil, err
		}
	}
	return missing, nil
}

// meant offers an id for one that does not exist: of the object that has it for a name, or whose id or name is spelt
// most like it; failing both it says which there are.
func (k kind) meant(ctx context.Context, c conn, id string) (string, error) {
	all, _, err := k.list(ctx, c, List{Limit: maxPage})
	if err != nil {
		return "", err
	}
	ids, candidates, names := map[string]string{}, []string{}, []string{}
	for _, r := range all {
		ids[r.id], ids[r.name] = r.id, r.id
		candidates = append(candidates, r.id, r.name)
		names = append(names, r.name)
	}
	switch near, ok := reportsync.Nearest(id, candidates); {
	case ids[id] != "":
		return fmt.Sprintf("; that is the name of %s, whose id is meant here", ids[id]), nil
	case ok:
		return fmt.Sprintf("; did you mean %s (%q)?", ids[near], near), nil
	case len(names) == 0:
		return fmt.Sprintf("; there is no %s at all yet", k.noun), nil
	}
	return "; there is " + naming(k.noun, names), nil
}

// checkReferences fails for a source or a connection that does not exist.
func checkReferences(ctx context.Context, tx conn, spec reportsync.IntegrationSpec) error {
	missing, err := missingReferences(ctx, tx, spec)
	if err != nil {
		return err
	}
	return reportsync.Invalid(fmt.Sprintf("integration %q", spec.Name), missing)
}
