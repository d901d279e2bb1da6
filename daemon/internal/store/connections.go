package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// CreateConnection stores a new connection, its secret sealed. Errors: conflict (the name is taken), invalid (no
// secret).
func (s *Store) CreateConnection(ctx context.Context, spec reportsync.ConnectionSpec) (c reportsync.Connection, err error) {
	if err := spec.RequireSecret(); err != nil {
		return c, err
	}
	secret := spec.Secret()
	id := reportsync.NewID(reportsync.ConnectionID)
	sealed, err := s.sealConnection(id, secret)
	if err != nil {
		return c, err
	}
	err = s.changeConfig(ctx, func(tx conn) error {
		r, err := connections.create(ctx, tx, id, spec.Name, spec.WithSecret(""), sealed...)
		if err != nil {
			return err
		}
		r.fingerprint = s.secretFingerprint(id, secret)
		c, err = connectionOf(r)
		return err
	})
	return c, err
}

// ReplaceConnection stores a new spec; ifRevision is the revision that it is meant for, 0 for any. A secret that is left
// out stays, unless it would then go to another place or with another client. Nothing changed keeps the revision.
// Errors: not found, precondition failed, conflict (the name is taken), invalid (the secret must be sent again).
func (s *Store) ReplaceConnection(ctx context.Context, id string, ifRevision int64, spec reportsync.ConnectionSpec) (c reportsync.Connection, err error) {
	err = s.changeConfig(ctx, func(tx conn) error {
		old, err := connections.find(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := connections.checkRevision(old, ifRevision); err != nil {
			return err
		}
		before, err := connectionOf(old)
		if err != nil {
			return err
		}
		sealed, fingerprint, err := s.replaceSecret(before, spec)
		if err != nil {
			return err
		}
		same, err := sameSpec(old.spec, spec.WithSecret(""))
		if err != nil {
			return err
		}
		if same && sealed == nil {
			c = before
			return nil
		}
		r, err := connections.replace(ctx, tx, old, spec.Name, spec.WithSecret(""), sealed...)
		if err != nil {
			return err
		}
		r.fingerprint = fingerprint
		c, err = connectionOf(r)
		return err
	})
	return c, err
}

// replaceSecret returns the columns of the secret that the spec brings, nil when the stored one stays.
func (s *Store) replaceSecret(before reportsync.Connection, spec reportsync.ConnectionSpec) ([]column, string, error) {
	secret := spec.Secret()
	if secret == "" {
		return nil, before.CredentialsFingerprint, spec.KeepsSecret(before.ConnectionSpec)
	}
	fingerprint := s.secretFingerprint(before.ID, secret)
	if fingerprint == before.CredentialsFingerprint {
		return nil, fingerprint, nil
	}
	sealed, err := s.sealConnection(before.ID, secret)
	return sealed, fingerprint, err
}

// Connection returns a connection. Errors: not found.
func (s *Store) Connection(ctx context.Context, id string) (reportsync.Connection, error) {
	r, err := connections.find(ctx, s.reader(), id)
	if err != nil {
		return reportsync.Connection{}, err
	}
	return connectionOf(r)
}

// Connections returns a page of connections and where the next one begins, empty after the last.
func (s *Store) Connections(ctx context.Context, l List) ([]reportsync.Connection, string, error) {
	rows, next, err := connections.list(ctx, s.reader(), l)
	if err != nil {
		return nil, "", err
	}
	all, err := convert(rows, connectionOf)
	return all, next, err
}

// DeleteConnection deletes a connection with its secret. Errors: not found, precondition failed, in use (naming the
// integrations or the live run).
func (s *Store) DeleteConnection(ctx context.Context, id string, ifRevision int64) error {
	return s.deleteReferenced(ctx, connections, "connection_id", id, ifRevision)
}

// ConnectionSecret returns the secret of a connection in clear. Errors: not found.
func (s *Store) ConnectionSecret(ctx context.Context, id string) (reportsync.Secret, error) {
	var sealed []byte
	err := s.reader().row(ctx, `SELECT secret FROM connections WHERE id = ?`, id).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", reportsync.Errorf(reportsync.CodeNotFound, "there is no connection with the id %q", id)
	}
	if err != nil {
		return "", fmt.Errorf("read the secret of the connection %s: %w", id, err)
	}
	plain, err := s.key.unseal(sealed, id)
	return reportsync.Secret(plain), err
}

func (s *Store) sealConnection(id string, secret reportsync.Secret) ([]column, error) {
	sealed, err := s.key.seal([]byte(secret.Reveal()), id)
	if err != nil {
		return nil, err
	}
	return []column{{"secret", sealed}, {"fingerprint", s.secretFingerprint(id, secret)}}, nil
}

func (s *Store) secretFingerprint(id string, secret reportsync.Secret) string {
	return hex.EncodeToString(s.key.fingerprint("connection secret", id, secret.Reveal()))
}

func connectionOf(r record) (reportsync.Connection, error) {
	spec, err := decode[reportsync.ConnectionSpec](r.spec)
	return reportsync.Connection{ID: r.id, Revision: r.revision, CredentialsFingerprint: r.fingerprint, ConnectionSpec: spec}, err
}

// convert turns rows into domain objects.
func convert[O any](rows []record, of func(record) (O, error)) ([]O, error) {
	all := make([]O, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = of(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}
