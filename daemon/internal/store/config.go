package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// List asks for a page of configuration objects, in the order of their ids. Empty fields don't filter.
type List struct {
	Name   string
	Cursor string // what the page before gave as next
	Limit  int    // 0 for the default, at most maxPage

	SourceID, ConnectionID string // of integrations only
}

const (
	defaultPage = 100
	maxPage     = 1000
)

func pageSize(limit int) int {
	if limit <= 0 {
		return defaultPage
	}
	return min(limit, maxPage)
}

// nextPage cuts off the row that was read beyond the page, only to know whether there is more.
func nextPage[T any](all []T, size int, cursor func(T) string) ([]T, string) {
	if len(all) <= size {
		return all, ""
	}
	return all[:size], cursor(all[size-1])
}

// kind is one of the three kinds of configuration object and the table that keeps it.
type kind struct {
	table, noun string
	fingerprint string // what to select for it
}

var (
	connections  = kind{table: "connections", noun: "connection", fingerprint: "fingerprint"}
	sources      = kind{table: "sources", noun: "source", fingerprint: "''"}
	integrations = kind{table: "integrations", noun: "integration", fingerprint: "''"}
)

// record is a row of any of the three tables.
type record struct {
	id, name    string
	revision    int64
	spec        string
	fingerprint string
}

// column is a value of a row that only one of the tables has.
type column struct {
	name  string
	value any
}

func (k kind) sqlSelect(rest string) string {
	return "SELECT id, name, revision, spec, " + k.fingerprint + " FROM " + k.table + " " + rest
}

func scanRecord(row scanner) (r record, err error) {
	err = row.Scan(&r.id, &r.name, &r.revision, &r.spec, &r.fingerprint)
	return r, err
}

// find returns the row with the id.
func (k kind) find(ctx context.Context, c conn, id string) (record, error) {
	r, err := scanRecord(c.row(ctx, k.sqlSelect("WHERE id = ?"), id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, reportsync.Errorf(reportsync.CodeNotFound, "there is no %s with the id %q", k.noun, id)
	}
	if err != nil {
		return r, fmt.Errorf("read the %s %s: %w", k.noun, id, err)
	}
	return r, nil
}

// list returns a page and where the next one begins.
func (k kind) list(ctx context.Context, c conn, l List, filters ...column) ([]record, string, error) {
	conditions, args := []string{"id > ?"}, []any{l.Cursor}
	for _, f := range append(filters, column{"name", l.Name}) {
		if f.value != "" {
			conditions, args = append(conditions, f.name+" = ?"), append(args, f.value)
		}
	}
	size := pageSize(l.Limit)
	all, err := collect(ctx, c, scanRecord, k.sqlSelect("WHERE "+strings.Join(conditions, " AND ")+" ORDER BY id LIMIT ?"), append(args, size+1)...)
	if err != nil {
		return nil, "", fmt.Errorf("list %ss: %w", k.noun, err)
	}
	page, next := nextPage(all, size, func(r record) string { return r.id })
	return page, next, nil
}

// create stores a new row, of revision 1.
func (k kind) create(ctx context.Context, tx conn, id, name string, spec any, extra ...column) (record, error) {
	r := record{id: id, name: name, revision: 1}
	if err := k.checkName(ctx, tx, name); err != nil {
		return r, err
	}
	var err error
	if r.spec, err = encode(spec); err != nil {
		return r, err
	}
	now := micros(time.Now())
	all := append([]column{{"id", id}, {"name", name}, {"revision", r.revision}, {"spec", r.spec}, {"created_at", now}, {"updated_at", now}}, extra...)
	names, values := make([]string, len(all)), make([]any, len(all))
	for i, c := range all {
		names[i], values[i] = c.name, c.value
	}
	_, err = tx.exec(ctx, "INSERT INTO "+k.table+" ("+strings.Join(names, ", ")+") VALUES ("+placeholders(len(all))+")", values...)
	if err != nil {
		return r, fmt.Errorf("store the %s %q: %w", k.noun, name, err)
	}
	return r, nil
}

// replace stores a new spec over a row, as its next revision.
func (k kind) replace(ctx context.Context, tx conn, old record, name string, spec any, extra ...column) (record, error) {
	r := old
	r.name, r.revision = name, old.revision+1
	if name != old.name {
		if err := k.checkName(ctx, tx, name); err != nil {
			return r, err
		}
	}
	var err error
	if r.spec, err = encode(spec); err != nil {
		return r, err
	}
	all := append([]column{{"name", name}, {"revision", r.revision}, {"spec", r.spec}, {"updated_at", micros(time.Now())}}, extra...)
	var set []string
	var args []any
	for _, c := range all {
		set, args = append(set, c.name+" = ?"), append(args, c.value)
	}
	_, err = tx.exec(ctx, "UPDATE "+k.table+" SET "+strings.Join(set, ", ")+" WHERE id = ?", append(args, old.id)...)
	if err != nil {
		return r, fmt.Errorf("replace the %s %q: %w", k.noun, old.name, err)
	}
	return r, nil
}

// delete removes the row, which nothing refers to any more.
func (k kind) delete(ctx context.Context, tx conn, r record) error {
	if _, err := tx.exec(ctx, "DELETE FROM "+k.table+" WHERE id = ?", r.id); err != nil {
		return fmt.Errorf("delete the %s %q: %w", k.noun, r.name, err)
	}
	return nil
}

// checkName reports a name that is taken.
func (k kind) checkName(ctx context.Context, tx conn, name string) error {
	id, err := scanString(tx.row(ctx, "SELECT id FROM "+k.table+" WHERE name = ?", name))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("look for a %s of the name %q: %w", k.noun, name, err)
	}
	e := reportsync.Errorf(reportsync.CodeConflict, "there is a %s with the name %q already, %s", k.noun, name, id).
		WithHint("choose another name, or import that one")
	e.Fields = []reportsync.FieldError{{Pointer: "/name", Code: reportsync.CodeConflict, Detail: fmt.Sprintf("%q is taken by %s", name, id)}}
	return e
}

// checkRevision reports an update that was meant for another revision; 0 is meant for any.
func (k kind) checkRevision(r record, ifRevision int64) error {
	return reportsync.RevisionMismatch(fmt.Sprintf("the %s %q", k.noun, r.name), ifRevision, r.revision)
}

// changeConfig runs a change of configuration. One runs at a time, on all nodes: so what fn has checked (names,
// references, revisions) still holds when it writes.
func (s *Store) changeConfig(ctx context.Context, fn func(tx conn) error) error {
	return s.write(ctx, func(tx conn) error {
		_, err := scanString(tx.row(ctx, `SELECT name FROM settings WHERE name = 'configuration_lock'`+s.dialect.forUpdate()))
		if err != nil {
			return fmt.Errorf("lock the configuration: %w", err)
		}
		return fn(tx)
	})
}

// encode makes the JSON that a spec is stored as.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode a %T: %w", v, err)
	}
	return string(b), nil
}

func decode[T any](s string) (v T, err error) {
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return v, fmt.Errorf("decode a stored %T: %w", v, err)
	}
	return v, nil
}

// sameSpec reports whether a stored spec says what the new one says. Both are compared as this program writes them,
// since an older one may have written the stored one.
func sameSpec[S any](stored string, spec S) (bool, error) {
	old, err := decode[S](stored)
	if err != nil {
		return false, err
	}
	before, err := encode(old)
	if err != nil {
		return false, err
	}
	after, err := encode(spec)
	return before == after, err
}
