package work

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresQueue migrates under a lock: unlike an SQLite file, a PostgreSQL may be shared by nodes that start together.
type postgresQueue struct {
	*riverQueue[pgx.Tx]

	pool *pgxpool.Pool
}

func (q *postgresQueue) migrate(ctx context.Context) (err error) {
	connection, err := q.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer connection.Release()
	if _, err := connection.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	defer func() {
		_, unlockErr := connection.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
		err = errors.Join(err, unlockErr)
	}()
	return q.riverQueue.migrate(ctx)
}
