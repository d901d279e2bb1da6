package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	schemaTable = "schema_versions"
	// migrationLock is the advisory lock that nodes take turns by; any number that nobody else uses.
	migrationLock = 7_265_706_001
	// A node that comes second asks every second, for as long as a migration may take.
	migrationLockSeconds = 600
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// migrator returns goose on the twin folder of the dialect.
func migrator(dialect Dialect, db *sql.DB) (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations/"+string(dialect))
	if err != nil {
		return nil, fmt.Errorf("open the migrations: %w", err)
	}
	options := []goose.ProviderOption{goose.WithTableName(schemaTable), goose.WithDisableGlobalRegistry(true)}
	gooseDialect := goose.DialectSQLite3
	if dialect == PostgreSQL {
		gooseDialect = goose.DialectPostgres
		turns, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, migrationLockSeconds))
		if err != nil {
			return nil, fmt.Errorf("make the migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(turns))
	}
	options = append(options, goose.WithGoMigrations(packOutcomes(dialect)))
	p, err := goose.NewProvider(gooseDialect, db, folder, options...)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

// migrate brings the database to the version of this program and refuses one that is ahead of it.
func (s *Store) migrate(ctx context.Context) error {
	p, err := migrator(s.dialect, s.writer)
	if err != nil {
		return err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", s.where, err)
	}
	stored, known, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("ask %s for its version: %w", s.where, err)
	}
	if stored > known {
		return reportsync.Errorf(reportsync.CodeConflict, "%s was made by a newer reportsyncd: it has version %d, this program knows up to %d", s.where, stored, known).
			WithHint("start the newer reportsyncd, or restore a backup from before the upgrade")
	}
	if len(done) > 0 {
		s.logger.Info("migrated the database", "database", s.where, "version", stored)
	}
	return nil
}
