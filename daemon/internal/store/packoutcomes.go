package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// packVersion stands between the migrations that make the segments and drop the table of outcomes.
const packVersion = 3

// packOutcomes is the migration that packs into segments what had a row of the table outcomes each. It has no way back:
// the older program does not know segments.
func packOutcomes(dialect Dialect) *goose.Migration {
	pack := func(ctx context.Context, tx *sql.Tx) error {
		c := conn{tx, dialect}
		runs, err := collect(ctx, c, func(row scanner) (r loggedRun, err error) {
			err = row.Scan(&r.number, &r.attempt, &r.live)
			return r, err
		}, `SELECT number, attempt, status IN ('queued', 'running') FROM runs ORDER BY number`)
		if err != nil {
			return fmt.Errorf("list the runs: %w", err)
		}
		for _, r := range runs {
			if err := r.pack(ctx, c); err != nil {
				return fmt.Errorf("pack the outcomes of run %d: %w", r.number, err)
			}
		}
		return nil
	}
	return goose.NewGoMigration(packVersion, &goose.GoFunc{RunTx: pack}, nil)
}

// loggedRun is a run with rows in the table of outcomes.
type loggedRun struct {
	number  int64
	attempt int
	live    bool
}

// pack keeps all outcomes of a run that has ended. Of a live one it keeps what was planned, with the answers: its next
// attempt finds the other rows anew.
func (r loggedRun) pack(ctx context.Context, tx conn) error {
	if !r.live {
		return r.packRows(ctx, tx, sql.Null[int64]{})
	}
	batches, err := collect(ctx, tx, scanNumber, `SELECT seq FROM batches WHERE run = ? ORDER BY seq`, r.number)
	if err != nil {
		return fmt.Errorf("list the batches: %w", err)
	}
	for _, seq := range batches {
		if err := r.packRows(ctx, tx, sql.Null[int64]{V: seq, Valid: true}); err != nil {
			return err
		}
	}
	return nil
}

// packRows packs the rows of a batch, or of the whole run.
func (r loggedRun) packRows(ctx context.Context, tx conn, batch sql.Null[int64]) error {
	query := `SELECT row_number, line, row_key, kind, record_id, code, message, changes FROM outcomes WHERE run = ? AND row_number > ?`
	args := []any{r.number, int64(-1)}
	if batch.Valid {
		query, args = query+` AND batch = ?`, append(args, batch.V)
	}
	query, args = query+` ORDER BY row_number LIMIT ?`, append(args, segmentRows)
	for {
		rows, err := collect(ctx, tx, scanLogged, query, args...)
		if err != nil || len(rows) == 0 {
			return err
		}
		var planned, answered []reportsync.Outcome
		for _, o := range rows {
			if o.Kind != "" {
				answered = append(answered, o)
			}
			o.Kind, o.Code, o.Message = "", "", ""
			planned = append(planned, o)
		}
		all := cut(segment{attempt: r.attempt, batch: batch, kind: answers}, inOrder(answered))
		if batch.Valid {
			all = append(cut(segment{attempt: r.attempt, batch: batch, kind: plans}, inOrder(planned)), all...)
		}
		if err := insertSegments(ctx, tx, r.number, all); err != nil {
			return err
		}
		args[1] = rows[len(rows)-1].Row
	}
}

func scanLogged(row scanner) (o reportsync.Outcome, err error) {
	var changes string
	err = row.Scan(&o.Row, &o.Line, &o.Key, &o.Kind, &o.RecordID, &o.Code, &o.Message, &changes)
	if err != nil || changes == "" {
		return o, err
	}
	o.Changes, err = decode[[]reportsync.Change](changes)
	return o, err
}
