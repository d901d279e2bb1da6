package server

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
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

// checkCursor reports a cursor that no page of a list by id has given: it would pass for the begin or the end of the list.
func checkCursor(ids reportsync.IDPrefix, cursor string) error {
	rest := strings.TrimPrefix(cursor, string(ids))
	if cursor == "" || ids.Is(cursor) && rest != "" && strings.Trim(rest, "0123456789abcdefghijklmnopqrstuvwxyz") == "" {
		return nil
	}
	return noCursor(cursor)
}

// numberCursor reads the cursor of a list by number: where the page begins, 0 for the first.
func numberCursor(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < 0 {
		return 0, noCursor(cursor)
	}
	return n, nil
}

func noCursor(cursor string) error {
	return invalidParameter("cursor", fmt.Sprintf("%q is no cursor of this list: give the next_cursor of the page before", cursor))
}
