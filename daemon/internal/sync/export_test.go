package sync

import (
	"context"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Routes that a test forces; empty ones are chosen by cost.
type Routes struct {
	Read  string // "lookups" or "bulk"
	Write reportsync.WriteRoute

	JobRows int // of a Bulk job, at most; 0 for as many as usual
}

// ExecuteBy is Execute by given routes, with short pauses before rows are sent again.
func ExecuteBy(ctx context.Context, job Job, routes Routes) (Result, error) {
	r := newRun(job)
	r.routes.read, r.routes.write = readRoute(routes.Read), routes.Write
	if routes.JobRows > 0 {
		r.routes.jobRows = routes.JobRows
	}
	r.pace.retry = 4 * time.Millisecond
	return r.execute(ctx)
}

// Form is the canonical form of a field's values.
type Form struct{ form form }

// NewForm returns false when no report can feed the field.
func NewForm(field salesforce.Field, zone *time.Location) (*Form, bool) {
	f, ok := newForm(field, zone)
	return &Form{form: f}, ok
}

func (f *Form) FromReport(text string) (string, error)  { return f.form.fromReport(text) }
func (f *Form) FromOrg(text string) string              { return f.form.fromOrg(text) }
func (f *Form) Value(canonical string) salesforce.Value { return f.form.value(canonical) }
func (f *Form) Key(prefix, text string) (string, error, bool) { //nolint:revive // the last tells whether the field makes a key at all
	k := newKeyField(&salesforce.Object{KeyPrefix: prefix}, f.form)
	if k == nil {
		return "", nil, false
	}
	key, err := k.normalise(text)
	return k.fold(key), err, true
}

// IsTransient is what decides whether a refused row is sent again.
var IsTransient = isTransient

// QueriesByID returns the queries that read fields of the records with some ids.
func QueriesByID(object string, fields, ids []string) []string {
	writes := make([]write, len(ids))
	for i, id := range ids {
		writes[i].outcome.RecordID = id
	}
	return (&target{object: object}).byID(fields, writes)
}
