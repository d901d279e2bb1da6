package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// A token reads rst_<id without its prefix>_<random bytes in base64url>: the prefix lets secret scanners find it.
	tokenPrefix = "rst_"
	tokenBytes  = 32
)

// CreateToken makes a token and returns it with its secret, of which only a hash is kept. Errors: conflict (the name is
// taken).
func (s *Store) CreateToken(ctx context.Context, spec reportsync.TokenSpec) (t reportsync.Token, secret string, err error) {
	t = reportsync.Token{ID: reportsync.NewID(reportsync.TokenID), CreatedAt: time.Now().UTC().Truncate(time.Microsecond), TokenSpec: spec}
	random := make([]byte, tokenBytes)
	rand.Read(random) // never fails: it ends the program where there is no randomness
	part := base64.RawURLEncoding.EncodeToString(random)
	err = s.changeConfig(ctx, func(tx conn) error {
		if err := (kind{table: "tokens", noun: "token"}).checkName(ctx, tx, spec.Name); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `INSERT INTO tokens (id, name, role, created_at, expires_at, hash) VALUES (?, ?, ?, ?, ?, ?)`,
			t.ID, t.Name, t.Role, micros(t.CreatedAt), nullMicros(t.ExpiresAt), hashToken(part))
		if err != nil {
			return fmt.Errorf("store the token %q: %w", spec.Name, err)
		}
		return nil
	})
	if err != nil {
		return reportsync.Token{}, "", err
	}
	return t, tokenPrefix + strings.TrimPrefix(t.ID, string(reportsync.TokenID)) + "_" + part, nil
}

// hashToken needs no salt and no slow hash: what it hashes is random and long.
func hashToken(part string) []byte {
	sum := sha256.Sum256([]byte(part))
	return sum[:]
}

// TokenBySecret returns the token that a secret belongs to. Errors: unauthorized (not known, or expired).
func (s *Store) TokenBySecret(ctx context.Context, secret string) (reportsync.Token, error) {
	unknown := reportsync.Errorf(reportsync.CodeUnauthorized, "the token is not known").
		WithHint("\"reportsyncd token create\" makes one; the first one stands in admin.token in the daemon's state folder")
	rest, ok := strings.CutPrefix(secret, tokenPrefix)
	if !ok {
		return reportsync.Token{}, unknown
	}
	id, part, ok := strings.Cut(rest, "_")
	if !ok {
		return reportsync.Token{}, unknown
	}
	var hash []byte
	t, err := scanToken(s.reader().row(ctx, selectToken+`WHERE id = ?`, string(reportsync.TokenID)+id), &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return reportsync.Token{}, unknown
	}
	if err != nil {
		return reportsync.Token{}, fmt.Errorf("look the token up: %w", err)
	}
	if subtle.ConstantTimeCompare(hash, hashToken(part)) != 1 {
		return reportsync.Token{}, unknown
	}
	if t.ExpiresAt != nil && !t.ExpiresAt.After(time.Now()) {
		return reportsync.Token{}, reportsync.Errorf(reportsync.CodeUnauthorized, "the token %q expired at %s", t.Name, t.ExpiresAt.Format(time.RFC3339)).
			WithHint("\"reportsyncd token create\" makes a new one")
	}
	return t, nil
}

// Tokens returns all tokens, those that have expired among them, in the order in which they were made.
func (s *Store) Tokens(ctx context.Context) ([]reportsync.Token, error) {
	all, err := collect(ctx, s.reader(), func(row scanner) (reportsync.Token, error) {
		var hash []byte
		return scanToken(row, &hash)
	}, selectToken+`ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return all, nil
}

// DeleteToken makes a token worthless. Errors: not found.
func (s *Store) DeleteToken(ctx context.Context, id string) error {
	return s.write(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, `DELETE FROM tokens WHERE id = ?`, id)
		switch {
		case err != nil:
			return fmt.Errorf("delete the token %s: %w", id, err)
		case n == 0:
			return reportsync.Errorf(reportsync.CodeNotFound, "there is no token with the id %q", id)
		}
		return nil
	})
}

const selectToken = `SELECT id, name, role, created_at, expires_at, hash FROM tokens `

func scanToken(row scanner, hash *[]byte) (t reportsync.Token, err error) {
	var created int64
	var expires sql.Null[int64]
	err = row.Scan(&t.ID, &t.Name, &t.Role, &created, &expires, hash)
	t.CreatedAt, t.ExpiresAt = fromMicros(created), fromNullMicros(expires)
	return t, err
}
