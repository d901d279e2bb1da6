package server

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
)

// PageParams ask for one page of a list; the largest is [api.MaxPageSize].
type PageParams struct {
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before; the first page, if left out"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"Longest page wanted"`
}

type pageOutput[T any] struct{ Body api.Page[T] }

// page makes the answer for a page of a list, which is empty rather than null.
func page[T any](items []T, next string) *pageOutput[T] {
	if items == nil {
		items = []T{}
	}
	return &pageOutput[T]{Body: api.Page[T]{Items: items, NextCursor: next}}
}
