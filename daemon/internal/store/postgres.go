package store

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// defaultConnections is what runs, the job queue and the API want beside each other, where the URL does not say.
const defaultConnections = 10

func (s *Store) openPostgres(ctx context.Context, raw string) error {
	s.dialect = PostgreSQL
	config, err := pgxpool.ParseConfig(raw)
	if err != nil {
		return fmt.Errorf("read the database URL: %w", err)
	}
	if !strings.Contains(raw, "pool_max_conns=") {
		config.MaxConns = max(config.MaxConns, defaultConnections)
	}
	server := config.ConnConfig
	s.where = fmt.Sprintf("the database %s on %s", server.Database, net.JoinHostPort(server.Host, strconv.Itoa(int(server.Port))))
	s.pool, err = pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("open %s: %w", s.where, err)
	}
	s.closers = append(s.closers, func() error { s.pool.Close(); return nil })
	if err := s.pool.Ping(ctx); err != nil {
		return reportsync.Errorf(reportsync.CodeUnavailable, "can't reach %s: %w", s.where, err)
	}
	s.writer = stdlib.OpenDBFromPool(s.pool)
	s.readers = s.writer
	s.closers = append(s.closers, s.writer.Close)
	return nil
}
