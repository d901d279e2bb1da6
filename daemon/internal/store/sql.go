package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxWriteAttempts bounds how often a transaction is run that lost against another one.
const maxWriteAttempts = 5

// querier is what a pool and a transaction have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// scanner is a row, of one or of many.
type scanner interface{ Scan(dest ...any) error }

// conn runs SQL, with ? for its arguments, on either engine.
type conn struct {
	querier
	dialect Dialect
}

// exec runs a statement and returns how many rows it touched.
func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := c.ExecContext(ctx, c.dialect.rebind(query), storable(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c conn) row(ctx context.Context, query string, args ...any) *sql.Row {
	return c.QueryRowContext(ctx, c.dialect.rebind(query), storable(args)...)
}

// each calls fn for every row of a query.
func (c conn) each(ctx context.Context, fn func(scanner) error, query string, args ...any) (err error) {
	rows, err := c.QueryContext(ctx, c.dialect.rebind(query), storable(args)...)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// collect gathers the rows of a query.
func collect[T any](ctx context.Context, c conn, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	all := []T{}
	err := c.each(ctx, func(row scanner) error {
		v, err := scan(row)
		if err == nil {
			all = append(all, v)
		}
		return err
	}, query, args...)
	return all, err
}

func scanString(row scanner) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}

// now returns the time by the database's clock, which all nodes that share a database agree on: leases are measured by
// it. The clock of SQLite is this machine's.
func (c conn) now(ctx context.Context) (time.Time, error) {
	if c.dialect == SQLite {
		return time.Now(), nil
	}
	var us int64
	err := c.row(ctx, `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`).Scan(&us)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask the database for the time: %w", err)
	}
	return fromMicros(us), nil
}

// reader returns what reads outside of a transaction.
func (s *Store) reader() conn { return conn{s.readers, s.dialect} }

// write runs fn in a transaction, again when it lost against another one. An error of fn rolls back.
func (s *Store) write(ctx context.Context, fn func(tx conn) error) error {
	for attempt := 1; ; attempt++ {
		err := s.writeOnce(ctx, fn)
		if err == nil || attempt == maxWriteAttempts || !lostRace(err) {
			return err
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(tx conn) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back, after an error there is a better one
	if err := fn(conn{tx, s.dialect}); err != nil {
		return err
	}
	if err := s.around(tx.Commit); err != nil {
		return fmt.Errorf("commit a transaction: %w", err)
	}
	return nil
}

// rebind turns ? into the placeholders of the engine. No statement here holds a ? that is not one.
func (d Dialect) rebind(query string) string {
	if d == SQLite {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + len(query)/4)
	for n := 1; ; n++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = after
	}
}

// forUpdate and forShare lock the rows that a query finds until the transaction ends. SQLite's transactions that write
// are alone from their start.
func (d Dialect) forUpdate() string { return d.only(PostgreSQL, " FOR UPDATE") }
func (d Dialect) forShare() string  { return d.only(PostgreSQL, " FOR SHARE") }

func (d Dialect) only(want Dialect, clause string) string {
	if d == want {
		return clause
	}
	return ""
}

// placeholders returns n question marks for an IN list.
func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// anys widens a slice for use as arguments.
func anys[T any](s []T) []any {
	all := make([]any, len(s))
	for i, v := range s {
		all[i] = v
	}
	return all
}

// storable replaces what PostgreSQL's text does not hold, NUL and bytes that are no UTF-8, in the texts among args: so
// that a strange id is not found and a strange cell is stored, on both engines alike.
func storable(args []any) []any {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}

func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

func nullMicros(t *time.Time) sql.Null[int64] {
	if t == nil {
		return sql.Null[int64]{}
	}
	return sql.Null[int64]{V: micros(*t), Valid: true}
}

func fromNullMicros(us sql.Null[int64]) *time.Time {
	if !us.Valid {
		return nil
	}
	return new(fromMicros(us.V))
}
