package store

import (
	"context"
	"fmt"
	"time"
)

// PruneRuns deletes the runs that ended before a moment, with their logs and whatever the journal has of them. It returns
// the ids of the runs whose artifacts are to be deleted now, those of earlier calls included until [Store.ForgetPruned]
// is told of them: a daemon that stops in between, or can't reach the bucket, leaves no artifact that nobody knows of.
func (s *Store) PruneRuns(ctx context.Context, olderThan time.Time) ([]string, error) {
	type oldRun struct {
		number int64
		id     string
	}
	old, err := collect(ctx, s.reader(), func(row scanner) (r oldRun, err error) {
		err = row.Scan(&r.number, &r.id)
		return r, err
	}, `SELECT number, id FROM runs WHERE finished_at < ? ORDER BY finished_at`, micros(olderThan))
	if err != nil {
		return nil, fmt.Errorf("look for old runs: %w", err)
	}
	for _, r := range old {
		// One at a time, so that others get to write in between.
		err := s.write(ctx, func(tx conn) error {
			// An attempt that was cut off may have left an artifact that the run does not name.
			_, err := tx.exec(ctx, `INSERT INTO pruned_runs (id, pruned_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING`, r.id, micros(time.Now()))
			if err == nil {
				_, err = tx.exec(ctx, `DELETE FROM runs WHERE number = ?`, r.number)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("delete the old run %s: %w", r.id, err)
		}
	}
	if len(old) > 0 {
		if err := s.changeConfig(ctx, func(tx conn) error { return forgetRevisions(ctx, tx) }); err != nil {
			return nil, err
		}
	}
	pruned, err := collect(ctx, s.reader(), scanString, `SELECT id FROM pruned_runs ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list the deleted runs: %w", err)
	}
	return pruned, nil
}

// ForgetPruned notes that a run that [Store.PruneRuns] has named has no artifacts any more.
func (s *Store) ForgetPruned(ctx context.Context, id string) error {
	return s.write(ctx, func(tx conn) error {
		if _, err := tx.exec(ctx, `DELETE FROM pruned_runs WHERE id = ?`, id); err != nil {
			return fmt.Errorf("forget the deleted run %s: %w", id, err)
		}
		return nil
	})
}

func scanNumber(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}
