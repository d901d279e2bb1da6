package testenv

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/reportsync/terraform-provider-reportsync/internal/testenv/pgcluster"
)

// DatabaseURL is the environment variable that names a PostgreSQL server for tests, as a postgres:// URL of
// a role that may create databases. Where it is unset, a private cluster is started.
const DatabaseURL = "REPORTSYNC_TEST_DATABASE_URL"

// databaseTimeout bounds making or dropping one database.
const databaseTimeout = time.Minute

// Postgres returns the postgres:// URL of a fresh, empty database that belongs to t alone and is dropped,
// with whatever is still connected to it, when t ends.
func Postgres(t testing.TB) string {
	t.Helper()
	server, err := postgresServer()
	if errors.Is(err, pgcluster.ErrNotInstalled) {
		t.Skipf("needs PostgreSQL: %v; or set %s", err, DatabaseURL)
	}
	if err != nil {
		t.Fatalf("find a PostgreSQL server: %v", err)
	}
	// Random, not numbered: test processes share the server, and an interrupted one may have left its own.
	name := "reportsync_test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if err := execute(t.Context(), server, "CREATE DATABASE "+name); err != nil {
		t.Fatalf("create a database on the server of %s: %v", DatabaseURL, err)
	}
	t.Cleanup(func() {
		// t.Context has ended by now.
		if err := execute(context.WithoutCancel(t.Context()), server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	database, err := url.Parse(server)
	if err != nil {
		t.Fatalf("parse the server's URL: %v", err)
	}
	database.Path = "/" + name
	return database.String()
}

// postgresServer returns the URL of a server for all tests of this process. A cluster that it starts is
// never stopped here: it ends with the process, by pgcluster's lease.
var postgresServer = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if server := os.Getenv(DatabaseURL); server != "" {
		return server, checkServer(ctx, server)
	}
	binaries, err := pgcluster.Find(ctx)
	if err != nil {
		return "", err
	}
	cluster, err := pgcluster.Start(ctx, binaries)
	if err != nil {
		return "", err
	}
	return cluster.URL(), nil
})

// checkServer says what is wrong with a server that the environment names.
func checkServer(ctx context.Context, server string) error {
	if u, err := url.Parse(server); err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		// The value is not repeated: it may hold a password.
		return fmt.Errorf("%s is not a URL of the form postgres://user:password@host:port/database", DatabaseURL)
	}
	connection, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connect to the server of %s: %w", DatabaseURL, err)
	}
	defer connection.Close(context.WithoutCancel(ctx))
	var version int
	if err := connection.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("ask the server of %s for its version: %w", DatabaseURL, err)
	}
	if major := version / 10_000; major < pgcluster.MinVersion {
		return fmt.Errorf("the server of %s is PostgreSQL %d; at least %d is needed", DatabaseURL, major, pgcluster.MinVersion)
	}
	return nil
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, server, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, databaseTimeout)
	defer cancel()
	connection, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	_, err = connection.Exec(ctx, statement)
	return errors.Join(err, connection.Close(ctx))
}
