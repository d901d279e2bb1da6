package store

import (
	"context"
	"fmt"
	"time"
)

// PruneRuns deletes the runs that ended before a moment, with their logs and outcomes, and returns how many.
func (s *Store) PruneRuns(ctx context.Context, olderThan time.Time) (int, error) {
	numbers, err := collect(ctx, s.reader(), scanNumber,
		`SELECT number FROM runs WHERE finished_at < ? ORDER BY finished_at`, micros(olderThan))
	if err != nil {
		return 0, fmt.Errorf("look for old runs: %w", err)
	}
	for i, number := range numbers {
		// One at a time, so that others get to write in between.
		err := s.write(ctx, func(tx conn) error {
			_, err := tx.exec(ctx, `DELETE FROM runs WHERE number = ?`, number)
			return err
		})
		if err != nil {
			return i, fmt.Errorf("delete an old run: %w", err)
		}
	}
	if len(numbers) == 0 {
		return 0, nil
	}
	return len(numbers), s.changeConfig(ctx, func(tx conn) error { return forgetRevisions(ctx, tx) })
}

func scanNumber(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}
