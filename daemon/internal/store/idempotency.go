package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// answersKept is how long a key gives the same answer.
	answersKept = 24 * time.Hour
	// requestTimeout is how long a request may take: one that has not ended by then died with its node.
	requestTimeout = 5 * time.Minute
	// requestWait is how long a repeated request waits for the first.
	requestWait = 30 * time.Second
	// requestPoll is how often a repeated request looks whether the first has ended.
	requestPoll = 100 * time.Millisecond
)

// Answer is what a request was answered with. It may hold a secret, so it is stored sealed.
type Answer struct {
	Status int                 `json:"status"` // HTTP status
	Header map[string][]string `json:"header,omitempty"`
	Body   []byte              `json:"body"`
}

// IdempotentBegin begins a request with an idempotency key of a token. It returns nil when the request is to be carried
// out, which the caller ends with [Store.IdempotentEnd], and the answer when that has happened before. It waits for a
// request with the same key that is under way. fingerprint tells requests apart: their method, path and body. Errors:
// invalid (the key came with another request), conflict (the other request takes too long).
func (s *Store) IdempotentBegin(ctx context.Context, key, tokenID string, fingerprint []byte) (*Answer, error) {
	mine := s.key.fingerprint("idempotent request", tokenID, key, string(fingerprint))
	poll := time.NewTicker(requestPoll)
	defer poll.Stop()
	for deadline := time.Now().Add(requestWait); ; {
		sealed, begun, err := s.beginRequest(ctx, key, tokenID, mine)
		switch {
		case err != nil || begun:
			return nil, err
		case sealed != nil:
			return s.openAnswer(key, tokenID, sealed)
		case time.Now().After(deadline):
			return nil, reportsync.Errorf(reportsync.CodeConflict, "a request with the idempotency key %q is under way", key).
				WithHint("send it again in a while, with the same key")
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-poll.C:
		}
	}
}

// beginRequest looks at the key once: it begins the request, or finds its answer, or neither while it is under way.
func (s *Store) beginRequest(ctx context.Context, key, tokenID string, fingerprint []byte) (sealed []byte, begun bool, err error) {
	err = s.write(ctx, func(tx conn) error {
		sealed, begun = nil, false
		now := time.Now()
		_, err := tx.exec(ctx, `DELETE FROM idempotent_requests WHERE begun_at < ? OR (answer IS NULL AND begun_at < ?)`,
			micros(now.Add(-answersKept)), micros(now.Add(-requestTimeout)))
		if err != nil {
			return fmt.Errorf("forget old requests: %w", err)
		}
		n, err := tx.exec(ctx, `INSERT INTO idempotent_requests (token_id, request_key, fingerprint, begun_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (token_id, request_key) DO NOTHING`, tokenID, key, fingerprint, micros(now))
		if err != nil {
			return fmt.Errorf("begin a request: %w", err)
		}
		if n == 1 {
			begun = true
			return nil
		}
		var stored []byte
		err = tx.row(ctx, `SELECT fingerprint, answer FROM idempotent_requests WHERE token_id = ? AND request_key = ?`, tokenID, key).Scan(&stored, &sealed)
		switch {
		case errors.Is(err, sql.ErrNoRows): // forgotten this very moment: the next look begins it
			return nil
		case err != nil:
			return fmt.Errorf("read a request: %w", err)
		case !bytes.Equal(stored, fingerprint):
			return reportsync.Errorf(reportsync.CodeInvalid, "the idempotency key %q came with another request before", key).
				WithHint("use a new key for every new request, and the same only to repeat one as it was")
		}
		return nil
	})
	return sealed, begun, err
}

// IdempotentEnd ends a request. With an answer, the key gives that for a day; without, the request changed nothing and
// the key is free again.
func (s *Store) IdempotentEnd(ctx context.Context, key, tokenID string, a *Answer) error {
	const of = ` WHERE token_id = ? AND request_key = ?`
	query, args := `DELETE FROM idempotent_requests`+of, []any{tokenID, key}
	if a != nil {
		plain, err := encode(a)
		if err != nil {
			return err
		}
		sealed, err := s.key.seal([]byte(plain), answerOwner(key, tokenID))
		if err != nil {
			return err
		}
		query, args = `UPDATE idempotent_requests SET answer = ?`+of, append([]any{sealed}, args...)
	}
	return s.write(ctx, func(tx conn) error {
		if _, err := tx.exec(ctx, query, args...); err != nil {
			return fmt.Errorf("end a request: %w", err)
		}
		return nil
	})
}

func (s *Store) openAnswer(key, tokenID string, sealed []byte) (*Answer, error) {
	plain, err := s.key.unseal(sealed, answerOwner(key, tokenID))
	if err != nil {
		return nil, err
	}
	a, err := decode[Answer](string(plain))
	return &a, err
}

// answerOwner is what an answer is sealed for. The key comes from outside, hence its encoding.
func answerOwner(key, tokenID string) string {
	return "answer to " + tokenID + " " + hex.EncodeToString([]byte(key))
}
