package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// objects is one kind of configuration object, for what holds for all three.
type objects[S, O any] struct {
	noun    string
	spec    func(b *bundle, name string) S
	rename  func(spec S, name string) S
	of      func(O) (id string, revision int64, spec S)
	create  func(*store.Store, context.Context, S) (O, error)
	replace func(*store.Store, context.Context, string, int64, S) (O, error)
	get     func(*store.Store, context.Context, string) (O, error)
	list    func(*store.Store, context.Context, store.List) ([]O, string, error)
	remove  func(*store.Store, context.Context, string, int64) error
}

func TestConnectionLife(t *testing.T) {
	t.Parallel()
	testLife(t, objects[reportsync.ConnectionSpec, reportsync.Connection]{
		noun:   "connection",
		spec:   func(_ *bundle, name string) reportsync.ConnectionSpec { return connectionSpec(name) },
		rename: func(s reportsync.ConnectionSpec, name string) reportsync.ConnectionSpec { s.Name = name; return s },
		of: func(c reportsync.Connection) (string, int64, reportsync.ConnectionSpec) {
			return c.ID, c.Revision, c.WithSecret(clientSecret) // which never comes back
		},
		create: (*store.Store).CreateConnection, replace: (*store.Store).ReplaceConnection, get: (*store.Store).Connection,
		list: (*store.Store).Connections, remove: (*store.Store).DeleteConnection,
	})
}

func TestSourceLife(t *testing.T) {
	t.Parallel()
	testLife(t, objects[reportsync.SourceSpec, reportsync.Source]{
		noun:   "source",
		spec:   func(_ *bundle, name string) reportsync.SourceSpec { return sourceSpec(name) },
		rename: func(s reportsync.SourceSpec, name string) reportsync.SourceSpec { s.Name = name; return s },
		of: func(s reportsync.Source) (string, int64, reportsync.SourceSpec) {
			return s.ID, s.Revision, s.SourceSpec
		},
		create: (*store.Store).CreateSource, replace: (*store.Store).ReplaceSource, get: (*store.Store).Source,
		list: (*store.Store).Sources, remove: (*store.Store).DeleteSource,
	})
}

func TestIntegrationLife(t *testing.T) {
	t.Parallel()
	testLife(t, objects[reportsync.IntegrationSpec, reportsync.Integration]{
		noun:   "integration",
		spec:   (*bundle).integrationSpec,
		rename: func(s reportsync.IntegrationSpec, name string) reportsync.IntegrationSpec { s.Name = name; return s },
		of: func(i reportsync.Integration) (string, int64, reportsync.IntegrationSpec) {
			return i.ID, i.Revision, i.IntegrationSpec
		},
		create: (*store.Store).CreateIntegration, replace: (*store.Store).ReplaceIntegration, get: (*store.Store).Integration,
		list: (*store.Store).Integrations, remove: (*store.Store).DeleteIntegration,
	})
}

// testLife takes an object through all that can happen to it.
func testLife[S, O any](t *testing.T, k objects[S, O]) {
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, s := t.Context(), b.Store
		want := func(what string, o O, revision int64, spec S) string {
			t.Helper()
			id, gotRevision, gotSpec := k.of(o)
			if gotRevision != revision {
				t.Errorf("%s: revision %d, want %d", what, gotRevision, revision)
			}
			if diff := cmp.Diff(spec, gotSpec); diff != "" {
				t.Errorf("%s: the spec came back changed (-want +got):\n%s", what, diff)
			}
			return id
		}
		first := k.spec(b, "first")
		id := want("created", must(k.create(s, ctx, first))(t), 1, first)
		want("read", must(k.get(s, ctx, id))(t), 1, first)

		_, err := k.create(s, ctx, k.rename(k.spec(b, "twin"), "first"))
		wantCode(t, err, reportsync.CodeConflict, k.noun, `"first"`, id)
		wantPointer(t, err, "/name")
		want("replaced by the same", must(k.replace(s, ctx, id, 1, first))(t), 1, first)

		second := k.rename(first, "second")
		want("replaced", must(k.replace(s, ctx, id, 1, second))(t), 2, second)
		want("read again", must(k.get(s, ctx, id))(t), 2, second)
		_, err = k.replace(s, ctx, id, 1, k.rename(first, "third"))
		wantCode(t, err, reportsync.CodePreconditionFailed, `"second"`, "revision 2, not 1")
		want("replaced whatever it is", must(k.replace(s, ctx, id, 0, k.rename(first, "third")))(t), 3, k.rename(first, "third"))

		other, _, _ := k.of(must(k.create(s, ctx, k.rename(k.spec(b, "other"), "first")))(t)) // the name is free again
		_, err = k.replace(s, ctx, other, 0, k.rename(first, "third"))
		wantCode(t, err, reportsync.CodeConflict, `"third"`, id)

		wantCode(t, k.remove(s, ctx, id, 2), reportsync.CodePreconditionFailed, "revision 3, not 2")
		noError(t, k.remove(s, ctx, id, 3))
		for what, err := range map[string]error{
			"read":    errorOf(k.get(s, ctx, id)),
			"replace": errorOf(k.replace(s, ctx, id, 0, first)),
			"delete":  k.remove(s, ctx, id, 0),
		} {
			t.Log(what)
			wantCode(t, err, reportsync.CodeNotFound, k.noun, id)
		}
	})
}

func errorOf[T any](_ T, err error) error { return err }

func TestListPages(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		var want []string
		for i := range 7 {
			want = append(want, b.source(fmt.Sprintf("source %d", i)).ID)
		}
		for _, size := range []int{1, 3, 7, 100, 0} {
			var got []string
			l := store.List{Limit: size}
			for {
				page, next, err := b.Sources(t.Context(), l)
				noError(t, err)
				if size > 0 && len(page) > size {
					t.Fatalf("a page of %d for a limit of %d", len(page), size)
				}
				for _, s := range page {
					got = append(got, s.ID)
				}
				if next == "" {
					break
				}
				l.Cursor = next
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("pages of %d (-want +got):\n%s", size, diff)
			}
		}
		page, next, err := b.Sources(t.Context(), store.List{Name: "source 4"})
		if err != nil || next != "" || len(page) != 1 || page[0].ID != want[4] {
			t.Errorf("by name: %v, %q, %v", page, next, err)
		}
	})
}

func TestListIntegrations(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		one, two := b.integration("one"), b.integration("two")
		for name, test := range map[string]struct {
			list store.List
			want []string
		}{
			"all":           {store.List{}, []string{one.ID, two.ID}},
			"by source":     {store.List{SourceID: two.SourceID}, []string{two.ID}},
			"by connection": {store.List{ConnectionID: one.ConnectionID}, []string{one.ID}},
			"by both":       {store.List{ConnectionID: one.ConnectionID, SourceID: two.SourceID}, nil},
		} {
			page, _, err := b.Integrations(t.Context(), test.list)
			noError(t, err)
			var got []string
			for _, i := range page {
				got = append(got, i.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// What was sent comes back exactly; what was left unset stays unset.
func TestSpecsComeBackExactly(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		base := b.integrationSpec("base")
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			text := rapid.StringOf(rapid.Rune())
			spec := reportsync.IntegrationSpec{
				Name: fmt.Sprintf("drawn %d", n), SourceID: base.SourceID, ConnectionID: base.ConnectionID,
				Description: rapid.Ptr(text, true).Draw(rt, "description"), Enabled: rapid.Ptr(rapid.Bool(), true).Draw(rt, "enabled"),
				Report: text.Draw(rt, "report"), Object: text.Draw(rt, "object"),
				Match: reportsync.Match{Column: text.Draw(rt, "column"), Field: text.Draw(rt, "field")},
				Mappings: rapid.MapOfN(text, rapid.Custom(func(rt *rapid.T) reportsync.Mapping {
					return reportsync.Mapping{Column: rapid.Ptr(text, true).Draw(rt, "column"), Constant: rapid.Ptr(text, true).Draw(rt, "constant")}
				}), 1, 5).Draw(rt, "mappings"),
				Schedule: rapid.Ptr(rapid.SampledFrom([]string{"manual", "0 9 * * *", "*/5 * * * 1"}), true).Draw(rt, "schedule"),
			}
			in, err := b.CreateIntegration(t.Context(), spec)
			if err != nil {
				rt.Fatal(err)
			}
			for what, got := range map[string]reportsync.Integration{
				"created": in, "read": must(b.Integration(t.Context(), in.ID))(t), "revision": must(b.IntegrationRevision(t.Context(), in.ID, 1))(t),
			} {
				if diff := cmp.Diff(spec, got.IntegrationSpec); diff != "" {
					rt.Errorf("%s (-want +got):\n%s", what, diff)
				}
			}
		})
	})
}
