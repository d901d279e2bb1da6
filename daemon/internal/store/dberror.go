package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// SQLSTATE codes of PostgreSQL (PostgreSQL manual, appendix A).
const (
	pgUniqueViolation      = "23505"
	pgSerializationFailure = "40001"
	pgDeadlockDetected     = "40P01"
)

// lostRace reports whether a transaction failed because another was quicker: run again, it finds what that one has left
// and says so. SQLite's transactions wait for each other instead.
func lostRace(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch pg.Code {
	case pgUniqueViolation, pgSerializationFailure, pgDeadlockDetected:
		return true
	}
	return false
}
