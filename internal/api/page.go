package api

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// MaxPageSize is the largest page that a list answers with, and what the client asks for.
const MaxPageSize = 500

// all walks through a list, page by page. A limit above 0 ends it after so many items. An error ends it too.
func all[T any](ctx context.Context, c *Client, q request, limit int) iter.Seq2[T, error] {
	return walk(q, limit, func(r request) (Page[T], error) { return send[Page[T]](ctx, c, r) })
}

// walk is all for lists whose pages say more than a page does.
func walk[T any](q request, limit int, fetch func(request) (Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		query := url.Values{}
		maps.Copy(query, q.query)
		for seen := 0; ; {
			size := MaxPageSize
			if limit > 0 {
				size = min(size, limit-seen)
			}
			query.Set("limit", strconv.Itoa(size))
			r := q
			r.method, r.query = http.MethodGet, query
			page, err := fetch(r)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
				if seen++; seen == limit {
					return
				}
			}
			if page.NextCursor == "" {
				return
			}
			query.Set("cursor", page.NextCursor)
		}
	}
}

// Collect gathers a list, up to its first error.
func Collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	var items []T
	for item, err := range list {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return slices.Clip(items), nil
}
