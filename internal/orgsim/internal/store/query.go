package store

import (
	"errors"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
)

// Query parses, binds and executes a query. What is wrong with it is a
// [*soql.Error].
func (db *DB) Query(text string, scope Scope) (*Result, error) {
	q, err := soql.Parse(text)
	if err != nil {
		return nil, err //nolint:wrapcheck // the parser's error is what the client is told
	}
	return db.Select(q, scope)
}

// QueryRefusal is a query's error in the org's form.
func QueryRefusal(err error) *sferr.Error {
	if refused, ok := errors.AsType[*soql.Error](err); ok {
		return sferr.New(refused.Code, "%s", refused.Error())
	}
	return sferr.New("UNKNOWN_EXCEPTION", "%s", err.Error())
}
