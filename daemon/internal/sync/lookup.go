package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// readRoute is a way of reading records.
type readRoute string

const (
	readByLookups readRoute = "lookups" // SOQL queries for lists of keys
	readByBulk    readRoute = "bulk"    // one Bulk query for the whole object
)

// parallelQueries bounds the look-ups that wait for the client, which has its own limit of requests in flight.
const parallelQueries = 10

// read gives every record that may have a row's key to found, by the route that costs fewer API calls.
func (r *run) read(ctx context.Context, target *target, found *matches) error {
	lookups, fit := target.lookups(found.keys.keys)
	route, err := r.readRoute(ctx, target, len(lookups), fit, len(found.keys.keys))
	if err != nil {
		return err
	}
	if route == readByBulk {
		err := r.readAll(ctx, target, found)
		if !refusesBulk(err) || !fit {
			return err
		}
		if err := r.ledger.warn(ctx, "%s can't be read by the Bulk API (%s): looking the keys up instead", target.object, messageOf(err)); err != nil {
			return err
		}
	}
	return r.lookUp(ctx, target, lookups, found)
}

// readRoute chooses, and says why.
func (r *run) readRoute(ctx context.Context, target *target, lookups int, fit bool, keys int) (readRoute, error) {
	switch {
	case r.routes.read != "":
		return r.routes.read, nil
	case fit && lookups <= bulkReadCalls(0):
		return readByLookups, r.ledger.info(ctx, "matching %s by %s (a Bulk query would take about %d calls)", count(keys, "key"), count(lookups, "SOQL look-up"), bulkReadCalls(0))
	}
	// What a Bulk query costs depends on the object's size. Where counting fails, or takes Salesforce too long, the
	// report's own size has to do.
	records, err := r.Org.Count(ctx, fmt.Sprintf("SELECT COUNT() FROM %s WHERE %s != null", target.object, target.key.Name))
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		records = keys
	}
	cost := bulkReadCalls(records)
	switch {
	case !fit:
		return readByBulk, r.ledger.info(ctx, "matching by 1 Bulk query, because the mapped fields are too many for SOQL look-ups (about %d calls)", cost)
	case cost < lookups:
		return readByBulk, r.ledger.info(ctx, "matching by 1 Bulk query rather than %d SOQL look-ups (about %d calls against %d)", lookups, cost, lookups)
	}
	return readByLookups, r.ledger.info(ctx, "matching by %d SOQL look-ups rather than 1 Bulk query over %d records (%d calls against about %d)", lookups, records, lookups, cost)
}

// lookups cuts the keys into lists that each fit a query's URL. It returns false when the fields alone are too many.
func (t *target) lookups(keys []string) ([][]string, bool) {
	return fitting(keys, t.key.literal, salesforce.MaxQueryLength-salesforce.QueryLength(t.head()+"IN ()"))
}

// fitting cuts items into lists whose literals take no more than room in an encoded URL. It returns false when those of
// one item alone take more.
func fitting[T any](items []T, literal func(T) string, room int) ([][]T, bool) {
	var lists [][]T
	start, used := 0, 0
	for i, item := range items {
		size := len(url.QueryEscape(literal(item) + ","))
		if size > room {
			return nil, false
		}
		if used+size > room {
			lists, start, used = append(lists, items[start:i]), i, 0
		}
		used += size
	}
	return append(lists, items[start:]), true
}

// listed joins the literals of items to what stands between the parentheses of IN.
func listed[T any](items []T, literal func(T) string) string {
	literals := make([]string, len(items))
	for i, item := range items {
		literals[i] = literal(item)
	}
	return strings.Join(literals, ",")
}

// lookUp runs the look-ups side by side.
func (r *run) lookUp(ctx context.Context, target *target, lookups [][]string, found *matches) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelQueries)
	for _, keys := range lookups {
		group.Go(func() error {
			soql := target.head() + "IN (" + listed(keys, target.key.literal) + ")"
			return take(target, r.Org.Query(ctx, soql, target.columns()), found)
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("look up records of %s: %w", target.object, err)
	}
	return nil
}

// readAll streams the object past the report.
func (r *run) readAll(ctx context.Context, target *target, found *matches) error {
	if err := take(target, r.Org.BulkQuery(ctx, target.head()+"!= null", target.columns()), found); err != nil {
		return fmt.Errorf("read the records of %s: %w", target.object, err)
	}
	return nil
}

func take(target *target, rows iter.Seq2[[]string, error], found *matches) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		rec, err := target.record(row)
		if err != nil {
			return err
		}
		found.take(rec)
	}
	return nil
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
