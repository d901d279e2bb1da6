package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// The ways of finding records.
const (
	searchNone    = "none"    // the key says it all
	searchLookups = "lookups" // SOQL queries for lists of keys
	searchPages   = "pages"   // one SOQL query for the whole object, page by page
	searchBulk    = "bulk"    // one Bulk query for the whole object
)

// parallelQueries bounds the look-ups that wait for the client, which has its own limit of requests in flight.
const parallelQueries = 10

// search is what records of an object are looked for by.
type search struct {
	object  string
	key     keyField
	columns []string // what is read of each record
	keys    iter.Seq2[string, error]
	number  int    // of keys
	early   *early // a Bulk query that may have begun; nil for none
}

// head begins a query; the condition follows.
func (s search) head() string {
	return fmt.Sprintf("SELECT %s FROM %s", strings.Join(s.columns, ", "), s.object)
}

// condition leaves records without a key out, where Salesforce can tell them.
func (s search) condition() string {
	if s.key.isID() || !s.key.Filterable {
		return ""
	}
	return " WHERE " + s.key.Name + " != null"
}

// all is the query for every record that has a key.
func (s search) all() string { return s.head() + s.condition() }

// listing begins a look-up; a list of keys and a parenthesis follow.
func (s search) listing() string { return s.head() + " WHERE " + s.key.Name + " IN (" }

// room is how many bytes of keys a look-up has room for.
func (s search) room() int {
	return salesforce.MaxQueryLength - salesforce.QueryLength(s.listing()+")")
}

// textKeys are keys that are in memory.
func textKeys(keys []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, key := range keys {
			if !yield(key, nil) {
				return
			}
		}
	}
}

// search gives every record that may have one of the keys to take, by the route that costs fewer API calls. Take gets
// some at a time, and is called from several goroutines.
func (r *run) search(ctx context.Context, s search, take func(records) error) (reportsync.Choice, error) {
	most := countUpTo + 1
	if r.routes.read != "" {
		most = s.number
	}
	lookups, err := s.lookups(most)
	if err != nil {
		return reportsync.Choice{}, err
	}
	choice, err := r.searchRoute(ctx, s, lookups)
	if err != nil {
		return choice, err
	}
	if choice.Route == searchBulk {
		err := r.scanByJob(ctx, s, take)
		if !refusesBulk(err) {
			return choice, err
		}
		choice.Route = searchPages
		if lookups.complete {
			choice.Route = searchLookups
		}
		choice.Why = fmt.Sprintf("%s can't be read by the Bulk API: %s", s.object, messageOf(err))
		if err := r.ledger.warn(ctx, "%s", choice.Why); err != nil {
			return choice, err
		}
	}
	if choice.Route == searchPages {
		_, err := scan(ctx, s, r.query(ctx, s, s.all()), take)
		return choice, err
	}
	return choice, r.lookUp(ctx, s, lookups.lists, take)
}

// lookups is the keys of a search, cut into lists that each fit a query's URL.
type lookups struct {
	lists    [][]string
	complete bool // whether all keys are in the lists
	number   int  // of lists that all keys would take; 0 when keys can't be looked up
}

// lookups cuts the keys into lists, at most so many: more of them nobody would look up.
func (s search) lookups(most int) (lookups, error) {
	room := s.room()
	if !s.key.Searchable() || room <= 0 {
		return lookups{}, nil
	}
	var cut lookups
	var list []string
	used, seen := 0, 0
	for key, err := range s.keys {
		if err != nil {
			return lookups{}, err
		}
		size := len(url.QueryEscape(s.key.Literal(key) + ","))
		if size > room {
			return lookups{}, nil
		}
		if used+size > room {
			cut.lists, list, used = append(cut.lists, list), nil, 0
		}
		if len(cut.lists) == most {
			cut.number = s.number * most / seen
			return cut, nil
		}
		list, used, seen = append(list, key), used+size, seen+1
	}
	cut.lists, cut.complete = append(cut.lists, list), true
	cut.number = len(cut.lists)
	return cut, nil
}

// lookUp runs look-ups side by side.
func (r *run) lookUp(ctx context.Context, s search, lists [][]string, take func(records) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelQueries)
	for _, keys := range lists {
		group.Go(func() error {
			return caught(func() error { return r.lookUpList(ctx, s, keys, take) })
		})
	}
	return thrown(group.Wait())
}

// lookUpList looks a list of keys up, in halves when it takes Salesforce too long.
func (r *run) lookUpList(ctx context.Context, s search, keys []string, take func(records) error) error {
	literals := make([]string, len(keys))
	for i, key := range keys {
		literals[i] = s.key.Literal(key)
	}
	_, err := scan(ctx, s, r.query(ctx, s, s.listing()+strings.Join(literals, ",")+")"), take)
	if middle := len(keys) / 2; middle > 0 && takesTooLong(err) {
		return errors.Join(r.lookUpList(ctx, s, keys[:middle], take), r.lookUpList(ctx, s, keys[middle:], take))
	}
	return err
}

// records are some of the rows that a query gives. Their texts share memory: what keeps a few of many clones them.
type records interface {
	Len() int
	Row(i int, into []string) []string // written over into, or not
}

// listed are records that stand in memory row by row.
type listed [][]string

func (l listed) Len() int { return len(l) }

func (l listed) Row(i int, _ []string) []string { return l[i] }

// query yields the records of a query that Salesforce answers page by page.
func (r *run) query(ctx context.Context, s search, soql string) iter.Seq2[listed, error] {
	return func(yield func(listed, error) bool) {
		var cells arena
		for rows, err := range batched(r.within.Query(ctx, soql, s.columns), cells.keep) {
			if !yield(rows, err) {
				return
			}
		}
	}
}

// scan gives the records that come of a query to take, several batches at the same time, and returns how many there were.
func scan[R records](ctx context.Context, s search, batches iter.Seq2[R, error], take func(records) error) (number int64, err error) {
	for n, err := range sideBySide(batches, func(batch R) (int, error) { return batch.Len(), take(batch) }) {
		if err != nil {
			return number, fmt.Errorf("read records of %s: %w", s.object, err)
		}
		number += int64(n)
	}
	if ctx.Err() != nil {
		return number, context.Cause(ctx)
	}
	return number, nil
}

// scanByJob gives the rows of a Bulk query to take, and notes its job.
func (r *run) scanByJob(ctx context.Context, s search, take func(records) error) error {
	job, begun, err := s.early.take()
	if !begun {
		job, err = r.createQuery(ctx, s.all())
	}
	if err != nil {
		return fmt.Errorf("read records of %s: %w", s.object, err)
	}
	defer r.tidy(ctx, job.Remove)
	rows, err := scan(ctx, s, job.Batches(ctx, s.columns), take)
	return errors.Join(err, r.ledger.learn(ctx, func(f *reportsync.RunFacts) {
		at := slices.IndexFunc(f.Jobs, func(j reportsync.BulkJob) bool { return j.ID == job.ID() })
		f.Jobs[at].Rows = rows
	}))
}

// queryOperation is the operation of Bulk jobs that read.
const queryOperation = "query"

// createQuery makes a Bulk query job and notes it, so that it is removed whatever becomes of this attempt.
func (r *run) createQuery(ctx context.Context, soql string) (*salesforce.QueryJob, error) {
	job, err := r.within.CreateQueryJob(ctx, soql)
	if err != nil {
		return nil, err
	}
	err = r.ledger.learn(ctx, func(f *reportsync.RunFacts) {
		f.Jobs = append(slices.Clone(f.Jobs), reportsync.BulkJob{Operation: queryOperation, ID: job.ID()})
	})
	if err != nil {
		r.tidy(ctx, job.Remove)
		return nil, err
	}
	return job, nil
}

// removeQueries removes the Bulk query jobs that earlier attempts may have left in the org.
func (r *run) removeQueries(ctx context.Context) {
	for _, job := range r.Run.Jobs {
		if job.Operation == queryOperation {
			r.tidy(ctx, r.Org.LeftQueryJob(job.ID).Remove)
		}
	}
}

// takesTooLong reports whether Salesforce gave a query up for the time that it took (SOQL reference: query timeout).
func takesTooLong(err error) bool {
	e, ok := errors.AsType[*salesforce.Error](err)
	return ok && (e.Code == "QUERY_TIMEOUT" || e.Code == "REQUEST_RUNNING_TOO_LONG")
}

// refusesBulk reports whether Salesforce does not offer the Bulk API for this object or user. The codes come with and
// without underscores (Bulk API 2.0 guide: errors).
func refusesBulk(err error) bool {
	e, ok := errors.AsType[*salesforce.Error](err)
	if !ok {
		return false
	}
	code := strings.ToUpper(strings.ReplaceAll(e.Code, "_", ""))
	return code == "INVALIDENTITY" || code == "FEATURENOTENABLED"
}

// messageOf returns Salesforce's own words for an error.
func messageOf(err error) string {
	if e, ok := errors.AsType[*salesforce.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
