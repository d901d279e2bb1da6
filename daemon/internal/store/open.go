package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Dialect is the engine behind a store.
type Dialect string

// The dialects. Their migrations stand in the folders of these names.
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
)

// Options say what to open.
type Options struct {
	// URL is sqlite:///full/path, sqlite://path/from/here or postgres://user:password@host/database. The options of a
	// postgres URL are those of pgx: search_path chooses a schema, pool_max_conns limits the connections.
	URL string
	// Key seals the secrets. A database opens only with the key that it was first opened with.
	Key *Keyring
	// Logger is told of migrations; nil for nobody.
	Logger hclog.Logger
	// Commit stands around the commit of every transaction of the store; nil for nothing. Tests of crashes die before a
	// commit, or after it.
	Commit func(commit func() error) error
}

// Store is an open database. Its methods are safe for concurrent use. What a user is to be told comes as a
// [reportsync.Error]; any other error is a failure of the database.
type Store struct {
	dialect Dialect
	where   string // the database as messages name it, without credentials
	key     *Keyring
	logger  hclog.Logger
	around  func(commit func() error) error // stands around each commit

	writer  *sql.DB // starts its transactions as writer
	readers *sql.DB // SQLite: beside the writer; PostgreSQL: the same pool
	pool    *pgxpool.Pool

	closers []func() error // run last to first
	close   func() error
}

// Open opens the database, made by it where there is none, brings it to this program's version and checks the key.
// Errors: another daemon holds the SQLite file, a newer program made the database, it was sealed with another key.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	if o.Key == nil {
		return nil, errors.New("open the store: no key given")
	}
	s := &Store{key: o.Key, logger: o.Logger, around: o.Commit}
	if s.logger == nil {
		s.logger = hclog.NewNullLogger()
	}
	if s.around == nil {
		s.around = func(commit func() error) error { return commit() }
	}
	s.close = sync.OnceValue(func() (err error) {
		for _, closeNext := range slices.Backward(s.closers) {
			err = errors.Join(err, closeNext())
		}
		return err
	})
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := s.connect(ctx, o.URL); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	if err := s.checkKey(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context, raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		// The cause repeats the URL, which may hold a password.
		return reportsync.Errorf(reportsync.CodeInvalid, "the database URL can't be read").WithHint("%s", urlForms)
	}
	switch u.Scheme {
	case "sqlite":
		return s.openSQLite(ctx, u)
	case "postgres", "postgresql":
		return s.openPostgres(ctx, raw)
	}
	return reportsync.Errorf(reportsync.CodeInvalid, "the database URL starts with %q, which is no engine known here", u.Scheme+"://").WithHint("%s", urlForms)
}

const urlForms = "use sqlite:///path/to/file or postgres://user:password@host/database"

// checkKey compares the key with the one that the database was first opened with. Without it, a wrong key would show
// only when a secret is needed, in the middle of the night.
func (s *Store) checkKey(ctx context.Context) error {
	var stored string
	err := s.write(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `INSERT INTO settings (name, value) VALUES ('key_check', ?) ON CONFLICT (name) DO NOTHING`, s.key.check)
		if err != nil {
			return err
		}
		return tx.row(ctx, `SELECT value FROM settings WHERE name = 'key_check'`).Scan(&stored)
	})
	if err != nil {
		return fmt.Errorf("check the key: %w", err)
	}
	if stored != s.key.check {
		return reportsync.Errorf(reportsync.CodeInvalid, "%s was sealed with another key", s.where).
			WithHint("give the encryption_key_file that it was made with; nodes that share a database share the key")
	}
	return nil
}

// Close closes the database and lets others open it. It may be called again.
func (s *Store) Close() error { return s.close() }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.readers.PingContext(ctx); err != nil {
		return fmt.Errorf("ping %s: %w", s.where, err)
	}
	return nil
}

// Dialect returns the engine.
func (s *Store) Dialect() Dialect { return s.dialect }

// SQLite returns the pool of the one connection that writes, for the job queue; nil on PostgreSQL.
func (s *Store) SQLite() *sql.DB {
	if s.dialect != SQLite {
		return nil
	}
	return s.writer
}

// Postgres returns the pool of connections, for the job queue; nil on SQLite.
func (s *Store) Postgres() *pgxpool.Pool { return s.pool }
