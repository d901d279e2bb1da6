package sync

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// API calls of the ways to read and to write, as Salesforce counts them against the org's day.
const (
	// A Bulk query is created, polled, read page by page, and deleted. How often it is polled depends on how long it
	// takes: small ones are ready at the first look.
	bulkQueryCalls = 1 + 1 + 1
	// An ingest job is created, filled, closed, polled, read in one file or two, and deleted.
	ingestCalls = 3 + 1 + 1 + 1
	// ingestLooks is how often a job is polled besides when it takes Salesforce some seconds, as one of a few thousand rows
	// does. They count where a way is chosen: collections fit best below 2,000 rows (Bulk API 2.0 guide).
	ingestLooks = 4

	// An object is counted before a choice is made for so many look-ups. Fewer are made without a thought, and of more a
	// Bulk query is the better way for all but objects of many millions.
	countFrom      = bulkQueryCalls + 2
	countUpTo      = 40
	countUpToKeys  = 20_000
	bulkPageRows   = 250_000    // of a Bulk query, as the client asks for them
	uncountable    = 50_000_000 // records of an object that takes Salesforce too long to count
	pageRows       = 2000       // of a SOQL query (REST API guide: query)
	longPagesCalls = 10         // beyond which pages of a query are not worth their time
)

const (
	// maxJobRows keeps a job's plan, upload and results at a size that memory and one transaction take easily. It is a
	// multiple of the rows of an internal batch, so cutting costs no batch.
	maxJobRows = 10 * salesforce.MaxBatchRows
)

func collectionCalls(rows, batchRows int) int { return pages(rows, batchRows) }

func collectionCost(rows, batchRows int) reportsync.RouteCost {
	return reportsync.RouteCost{Route: string(reportsync.RouteCollections), APICalls: int64(collectionCalls(rows, batchRows))}
}

func bulkCost(rows int) reportsync.RouteCost {
	jobs := int64(pages(rows, maxJobRows))
	return reportsync.RouteCost{
		Route: string(reportsync.RouteBulk), APICalls: jobs * ingestCalls, Looks: jobs * ingestLooks,
		BulkBatches: int64(pages(rows, salesforce.MaxBatchRows)),
	}
}

func bulkReadCalls(records int) int {
	return bulkQueryCalls + max(1, pages(records, bulkPageRows))
}

func pages(rows, size int) int { return (rows + size - 1) / size }

// searchRoute chooses how records are found, and says why.
func (r *run) searchRoute(ctx context.Context, s search, cut lookups) (reportsync.Choice, error) {
	choice := reportsync.Choice{Rows: int64(s.number)}
	records, counted := s.number, false
	if r.worthCounting(s, cut) {
		n, err := r.within.Count(ctx, "SELECT COUNT() FROM "+s.object+s.condition())
		switch {
		case ctx.Err() != nil:
			return choice, context.Cause(ctx)
		case err == nil:
			records, counted = n, true
		case takesTooLong(err):
			records = uncountable
		}
	}
	if cut.number > 0 { // first, because it wins where the others cost the same
		choice.Routes = append(choice.Routes, reportsync.RouteCost{Route: searchLookups, APICalls: int64(cut.number)})
	}
	choice.Routes = append(choice.Routes, reportsync.RouteCost{Route: searchBulk, APICalls: int64(bulkReadCalls(records))})
	if n := pages(records, pageRows); counted && n <= longPagesCalls && salesforce.QueryLength(s.all()) <= salesforce.MaxQueryLength {
		choice.Routes = append(choice.Routes, reportsync.RouteCost{Route: searchPages, APICalls: int64(max(1, n))})
	}
	cheapestFirst(choice.Routes)
	choice.Route = choice.Routes[0].Route
	if r.routes.read != "" {
		choice.Route = r.routes.read
	} else if choice.Route == searchLookups && !cut.complete {
		choice.Route = searchBulk
	}
	choice.Why = sayRoute(choice, "key", "of "+s.object, counted, records)
	return choice, r.ledger.info(ctx, "%s", choice.Why)
}

// worthCounting reports whether the call that counts an object may save more than it costs.
func (r *run) worthCounting(s search, cut lookups) bool {
	switch {
	case r.routes.read != "":
		return false
	case cut.number == 0:
		return s.number <= countUpToKeys
	}
	return cut.number >= countFrom && cut.number <= countUpTo
}

func cheapestFirst(routes []reportsync.RouteCost) {
	slices.SortStableFunc(routes, func(a, b reportsync.RouteCost) int {
		return cmp.Or(cmp.Compare(a.Likely(), b.Likely()), cmp.Compare(a.BulkBatches, b.BulkBatches))
	})
}

// routeNames are the routes in words.
var routeNames = map[string]string{
	searchLookups: "SOQL look-ups", searchPages: "a SOQL query, page by page", searchBulk: "a Bulk query",
	string(reportsync.RouteCollections): "sObject Collections",
}

// sayRoute says what was chosen and what else there was.
func sayRoute(c reportsync.Choice, thing, of string, counted bool, records int) string {
	text := []string{fmt.Sprintf("finding %s %s by %s", count(int(c.Rows), thing), of, routeNames[c.Route])}
	for _, cost := range c.Routes {
		if cost.Route == c.Route {
			text[0] += " (about " + count(int(cost.APICalls), "call") + ")"
		} else {
			text = append(text, fmt.Sprintf("not by %s (about %d)", routeNames[cost.Route], cost.APICalls))
		}
	}
	said := strings.Join(text, ", ")
	switch {
	case counted:
		said += "; the object has " + count(records, "record")
	case records == uncountable:
		said += "; the object is too large to be counted"
	case c.Route == searchBulk:
		said += "; more if the object is larger than the report, which was not counted"
	}
	return said
}
