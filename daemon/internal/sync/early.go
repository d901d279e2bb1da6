package sync

import (
	"context"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
)

const (
	// minLiteral is what a look-up takes for a key at least, beside the key itself: quotes or not, a comma.
	minLiteral = len("%2C")
	// earlyLookups is how many look-ups the keys must take before a Bulk query begins early. From countUpTo on it is
	// chosen in any case; rows that are in each other's way, of which nobody knows yet, may halve the number.
	earlyLookups = 2 * (countUpTo + 1)
)

// early begins the Bulk query for the records while the report is still read: once so many different keys have come that
// it will be the cheapest route, whatever comes after. Salesforce works on it meanwhile.
type early struct {
	create func(ctx context.Context, soql string) (*salesforce.QueryJob, error)
	search search // without its keys
	enough int    // bytes that different keys must take in look-ups
	bytes  int    // that the keys so far take at least, repeated ones counted as often
	next   int    // bytes at which the different keys are counted

	begun  bool
	taken  bool
	asking sync.WaitGroup
	job    *salesforce.QueryJob
	err    error
}

// expectSearch returns what may begin the search for records early, nil where it can't be known to be a Bulk query.
func (r *run) expectSearch(target *target) *early {
	s := r.recordSearch(target)
	switch {
	case r.mayBeBlind(target), !s.key.Searchable(), s.room() <= 0:
		return nil
	case r.routes.read == searchBulk:
		return &early{create: r.createQuery, search: s}
	case r.routes.read != "":
		return nil
	}
	enough := earlyLookups * s.room()
	return &early{create: r.createQuery, search: s, enough: enough, next: enough}
}

// see takes so many bytes of keys into account.
func (e *early) see(bytes int) {
	if e != nil {
		e.bytes += bytes
	}
}

// consider begins the query when there are enough different keys.
func (e *early) consider(ctx context.Context, keys *spool.Hashes) {
	if e == nil || e.begun || e.bytes < e.next || e.bytes == 0 {
		return
	}
	if e.bytes/keys.Len()*keys.Different() < e.enough {
		e.next = 2 * e.bytes
		return
	}
	e.begun = true
	e.asking.Go(func() {
		e.err = caught(func() (err error) {
			e.job, err = e.create(ctx, e.search.all())
			return err
		})
	})
}

// take returns the query that has begun; began is false when none has.
func (e *early) take() (job *salesforce.QueryJob, began bool, err error) {
	if e == nil || !e.begun {
		return nil, false, nil
	}
	e.asking.Wait()
	e.taken = true
	return e.job, true, thrown(e.err)
}

// drop removes a query that nobody has taken. It waits for the goroutine that begins it.
func (e *early) drop(ctx context.Context) {
	if e == nil || !e.begun || e.taken {
		return
	}
	e.asking.Wait()
	if e.job != nil {
		e.job.Remove(ctx)
	}
}
