package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// objects serves one kind of configuration objects: S is what users declare, T what is stored.
type objects[S, T any] struct {
	singular, plural string // words for them; the plural is also their path
	tag              string
	ids              reportsync.IDPrefix // of their ids

	create  func(context.Context, S) (T, error)
	replace func(ctx context.Context, id string, ifRevision int64, spec S) (T, error)
	get     func(ctx context.Context, id string) (T, error)
	list    func(context.Context, store.List) ([]T, string, error)
	remove  func(ctx context.Context, id string, ifRevision int64) error

	revision func(T) int64
	id       func(T) string
	// check looks at a spec before it is stored; old is nil on create.
	check func(ctx context.Context, spec S, old *T) error
}

type createInput[S any] struct{ Body S }

// Resolve keeps the rules of the body at hand, for the answer to one that breaks the schema as well.
func (in *createInput[S]) Resolve(ctx huma.Context) []error { return keepRules(ctx, &in.Body) }

type getInput struct {
	IDParam
	IfNoneMatch string `header:"If-None-Match" doc:"ETags that the client has: answered with 304 when one is current"`
}

type replaceInput[S any] struct {
	IDParam
	IfMatch string `header:"If-Match" doc:"ETag of the revision that is to be replaced; without it, or with *, any is"`
	Body    S
}

// Resolve is the same as that of createInput.
func (in *replaceInput[S]) Resolve(ctx huma.Context) []error { return keepRules(ctx, &in.Body) }

type deleteInput struct {
	IDParam
	IfMatch string `header:"If-Match" doc:"ETag of the revision that is to be deleted; without it, or with *, any is"`
}

// ListParams narrow a list of configuration objects; kinds with more filters embed them.
type ListParams struct {
	PageParams
	Name string `query:"name" maxLength:"128" doc:"Only the one with exactly this name"`
}

type objectOutput[T any] struct {
	Status   int
	ETag     string `header:"ETag" doc:"The revision"`
	Location string `header:"Location" doc:"Path of a created object"`
	Body     T
}

func (o objects[S, T]) path() string { return prefix + "/" + o.plural }

func (o objects[S, T]) answer(status int, t T) *objectOutput[T] {
	return &objectOutput[T]{Status: status, ETag: api.ETag(o.revision(t)), Body: t}
}

// mount registers all operations but the list, whose filters differ.
func (o objects[S, T]) mount(s *server) {
	register(s, reportsync.RoleAdmin, huma.Operation{
		OperationID: "create-" + o.singular, Method: http.MethodPost, Path: o.path(), Tags: []string{o.tag},
		Summary: "Create a " + o.singular, DefaultStatus: http.StatusCreated,
		Errors: []int{http.StatusBadGateway, http.StatusServiceUnavailable},
	}, o.serveCreate)
	register(s, reportsync.RoleViewer, huma.Operation{
		OperationID: "get-" + o.singular, Method: http.MethodGet, Path: o.path() + "/{id}", Tags: []string{o.tag},
		Summary: "Read a " + o.singular, Responses: map[string]*huma.Response{"304": {Description: "The client has the current revision"}},
	}, o.serveGet)
	register(s, reportsync.RoleAdmin, huma.Operation{
		OperationID: "replace-" + o.singular, Method: http.MethodPut, Path: o.path() + "/{id}", Tags: []string{o.tag},
		Summary: "Replace a " + o.singular, Description: "A replacement that changes nothing keeps the revision.",
		Errors: []int{http.StatusBadGateway, http.StatusServiceUnavailable},
	}, o.serveReplace)
	register(s, reportsync.RoleAdmin, huma.Operation{
		OperationID: "delete-" + o.singular, Method: http.MethodDelete, Path: o.path() + "/{id}", Tags: []string{o.tag},
		Summary: "Delete a " + o.singular, Description: "Refused with 409 while others use it; the answer names them.",
	}, o.serveDelete)
}

// listOperation describes the list; the kinds register it with their own filters.
func (o objects[S, T]) listOperation() huma.Operation {
	return huma.Operation{
		OperationID: "list-" + o.plural, Method: http.MethodGet, Path: o.path(), Tags: []string{o.tag}, Summary: "List " + o.plural,
	}
}

// page answers for the list, with filters of the kind.
func (o objects[S, T]) page(ctx context.Context, l store.List) (*pageOutput[T], error) {
	if err := checkCursor(o.ids, l.Cursor); err != nil {
		return nil, err
	}
	items, next, err := o.list(ctx, l)
	if err != nil {
		return nil, err
	}
	return page(items, next), nil
}

func (o objects[S, T]) serveCreate(ctx context.Context, in *createInput[S]) (*objectOutput[T], error) {
	if err := o.check(ctx, in.Body, nil); err != nil {
		return nil, err
	}
	t, err := o.create(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	out := o.answer(http.StatusCreated, t)
	out.Location = o.path() + "/" + o.id(t)
	return out, nil
}

func (o objects[S, T]) serveGet(ctx context.Context, in *getInput) (*objectOutput[T], error) {
	t, err := o.get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if ifNoneMatch(in.IfNoneMatch, o.revision(t)) {
		return o.answer(http.StatusNotModified, t), nil
	}
	return o.answer(http.StatusOK, t), nil
}

func (o objects[S, T]) serveReplace(ctx context.Context, in *replaceInput[S]) (*objectOutput[T], error) {
	revision, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	old, err := o.get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	// The store compares too, in the transaction that counts; this spares a login or a look at a report for a change that
	// is refused anyway.
	if err := reportsync.RevisionMismatch(fmt.Sprintf("the %s %s", o.singular, in.ID), revision, o.revision(old)); err != nil {
		return nil, err
	}
	if err := o.check(ctx, in.Body, &old); err != nil {
		return nil, err
	}
	t, err := o.replace(ctx, in.ID, revision, in.Body)
	if err != nil {
		return nil, err
	}
	return o.answer(http.StatusOK, t), nil
}

func (o objects[S, T]) serveDelete(ctx context.Context, in *deleteInput) (*emptyOutput, error) {
	revision, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return nil, o.remove(ctx, in.ID, revision)
}

// blame returns err with a pointer to the value to blame, where it is a [*reportsync.Error] that has none yet.
func blame(err error, pointer string) error {
	e, ok := asDomainError(err)
	if !ok || len(e.Fields) > 0 || e.Code == reportsync.CodeInternal {
		return err
	}
	blamed := *e
	detail := e.Message
	if e.Hint != "" {
		detail = strings.TrimSuffix(detail, ".") + ": " + e.Hint
	}
	blamed.Fields = []reportsync.FieldError{{Pointer: pointer, Code: e.Code, Detail: detail}}
	return &blamed
}
