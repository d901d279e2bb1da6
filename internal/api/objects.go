package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// objects is what the three kinds of configuration objects have in common: S is what users declare, T what is stored.
type objects[S, T any] struct {
	path string // of the list
	kind string // for messages
	name func(T) string
}

var (
	connections = objects[reportsync.ConnectionSpec, reportsync.Connection]{
		path: "/connections", kind: "connection", name: func(c reportsync.Connection) string { return c.Name },
	}
	sources = objects[reportsync.SourceSpec, reportsync.Source]{
		path: "/sources", kind: "source", name: func(s reportsync.Source) string { return s.Name },
	}
	integrations = objects[reportsync.IntegrationSpec, reportsync.Integration]{
		path: "/integrations", kind: "integration", name: func(i reportsync.Integration) string { return i.Name },
	}
)

// create carries a key of its own, so that a repeated request makes one object.
func (o objects[S, T]) create(ctx context.Context, c *Client, spec S) (T, error) {
	return send[T](ctx, c, request{method: http.MethodPost, path: o.path, body: spec, idempotencyKey: uuid.NewString()})
}

func (o objects[S, T]) get(ctx context.Context, c *Client, id string) (T, error) {
	return send[T](ctx, c, o.one(http.MethodGet, id, 0, nil))
}

func (o objects[S, T]) replace(ctx context.Context, c *Client, id string, revision int64, spec S) (T, error) {
	return send[T](ctx, c, o.one(http.MethodPut, id, revision, spec))
}

func (o objects[S, T]) delete(ctx context.Context, c *Client, id string, revision int64) error {
	return c.do(ctx, o.one(http.MethodDelete, id, revision, nil))
}

func (o objects[S, T]) list(ctx context.Context, c *Client, filter url.Values) iter.Seq2[T, error] {
	return all[T](ctx, c, request{path: o.path, query: filter}, 0)
}

// byName finds the object with a name, and says which one may have been meant when there is none.
func (o objects[S, T]) byName(ctx context.Context, c *Client, name string) (T, error) {
	var zero T
	if name == "" { // by which the list would not be narrowed
		return zero, reportsync.Errorf(reportsync.CodeNotFound, "no %s has an empty name", o.kind)
	}
	for t, err := range o.list(ctx, c, url.Values{"name": {name}}) {
		return t, err
	}
	var names []string
	for t, err := range o.list(ctx, c, nil) {
		if err != nil {
			return zero, err
		}
		names = append(names, o.name(t))
	}
	return zero, reportsync.Errorf(reportsync.CodeNotFound, "there is no %s named %q%s", o.kind, name, instead(name, names))
}

// instead offers the name that is nearest, or else the first few.
func instead(name string, names []string) string {
	const most = 5
	if near := reportsync.DidYouMean(name, names); near != "" || len(names) == 0 {
		return near
	}
	return "; there is " + reportsync.Enumerate(names, most)
}

// one is a request for one object; a revision above 0 guards it against lost updates.
func (o objects[S, T]) one(method, id string, revision int64, body any) request {
	r := request{method: method, path: o.path + "/{id}", pathParams: map[string]string{"id": id}, body: body}
	if revision > 0 {
		r.header = map[string]string{"If-Match": ETag(revision)}
	}
	return r
}

// ETag returns the entity tag of a revision.
func ETag(revision int64) string { return strconv.Quote(strconv.FormatInt(revision, 10)) }
