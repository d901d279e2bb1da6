package salesforce

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// MaxRetrieveIDs is how many records one call of Retrieve's reads (REST API guide: get records using
// sObject Collections).
const MaxRetrieveIDs = 2_000

// Retrieve reads records of an object by id, MaxRetrieveIDs a call, whatever the length of their URLs
// would be. It returns their fields' values as text, in the form of Query and aligned with fields, by the
// id of 18 characters; a record that is deleted, or that the user may not see, is not in the map.
func (c *Client) Retrieve(ctx context.Context, object string, ids, fields []string) (map[string][]string, error) {
	op := fmt.Sprintf("read %d %s records", len(ids), object)
	if object == "" || len(fields) == 0 {
		return nil, refuse(op, "the object has no name, or no fields are asked for")
	}
	wanted := make([]string, 0, len(ids))
	for _, id := range ids {
		full, err := ID18(id)
		if err != nil {
			return nil, refuse(op, "%s", err)
		}
		wanted = append(wanted, full)
	}
	slices.Sort(wanted)
	found := make(map[string][]string, len(wanted))
	for part := range slices.Chunk(slices.Compact(wanted), MaxRetrieveIDs) {
		records, err := c.retrieve(ctx, op, object, part, fields)
		if err != nil {
			return nil, err
		}
		maps.Copy(found, records)
	}
	return found, nil
}

// retrieve makes one call. Answers stand in the order of the ids, with null for what isn't there; the id
// is asked for as well, so that no record can be taken for another.
func (c *Client) retrieve(ctx context.Context, op, object string, ids, fields []string) (map[string][]string, error) {
	columns := fields
	if !containsFold(fields, "Id") {
		columns = append(slices.Clone(fields), "Id")
	}
	body, err := json.Marshal(map[string][]string{"ids": ids, "fields": columns})
	if err != nil {
		return nil, refuse(op, "%s", err)
	}
	answer, err := c.do(ctx, call{
		op: op, method: http.MethodPost, target: c.org.data("composite/sobjects/" + object),
		body: inMemory(body), contentType: jsonType,
	})
	if err != nil {
		return nil, err
	}
	var records []record
	if err := decode(op, answer, &records); err != nil {
		return nil, err
	}
	if len(records) != len(ids) {
		return nil, unexpected(op, "%d answers came for %d ids", len(records), len(ids))
	}
	read, found := newRecordReader(columns), make(map[string][]string, len(ids))
	at := slices.IndexFunc(columns, func(name string) bool { return strings.EqualFold(name, "Id") })
	for i, rec := range records {
		if rec == nil {
			continue
		}
		row, err := read.row(rec)
		if err != nil {
			return nil, unexpected(op, "%s", err)
		}
		if !sameID(row[at], ids[i]) {
			return nil, unexpected(op, "answer %d is record %s, not %s", i+1, row[at], ids[i])
		}
		found[ids[i]] = row[:len(fields):len(fields)]
	}
	return found, nil
}
