package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// rowsPerStatement is how many rows one statement brings: beyond this it gets no faster, and the engines' limits on
// arguments (32,766 in SQLite, 65,535 in PostgreSQL) stay far.
const rowsPerStatement = 200

// rowsStatement is a statement with a list of rows in it: before (…), (…) after.
type rowsStatement struct {
	before, row, after string
	args               []any // of after
}

func (s rowsStatement) of(rows int) string {
	return s.before + strings.TrimSuffix(strings.Repeat(s.row+", ", rows), ", ") + s.after
}

// execRows runs the statement over n rows, many at a time, and returns how many rows of the table it touched.
func execRows(ctx context.Context, tx conn, s rowsStatement, n int, row func(i int) ([]any, error)) (int64, error) {
	var full *sql.Stmt
	if n >= 2*rowsPerStatement {
		var err error
		if full, err = tx.PrepareContext(ctx, tx.dialect.rebind(s.of(rowsPerStatement))); err != nil {
			return 0, fmt.Errorf("prepare: %w", err)
		}
		defer full.Close() //nolint:errcheck // it ends with the transaction in any case
	}
	var touched int64
	for from := 0; from < n; from += rowsPerStatement {
		to := min(from+rowsPerStatement, n)
		var args []any
		for i := from; i < to; i++ {
			values, err := row(i)
			if err != nil {
				return 0, err
			}
			args = append(args, values...)
		}
		args = append(args, s.args...)
		affected, err := s.run(ctx, tx, full, to-from, args)
		if err != nil {
			return 0, err
		}
		touched += affected
	}
	return touched, nil
}

func (s rowsStatement) run(ctx context.Context, tx conn, full *sql.Stmt, rows int, args []any) (int64, error) {
	if full == nil || rows != rowsPerStatement {
		return tx.exec(ctx, s.of(rows), args...)
	}
	res, err := full.ExecContext(ctx, storable(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
