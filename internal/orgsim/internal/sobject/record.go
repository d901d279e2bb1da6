package sobject

import (
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// AppendRecord prints fields of one record, with its attributes. Its URL stands
// below base.
func AppendRecord(body []byte, base string, object *schema.Object, fields []int, row store.Row) []byte {
	body = appendAttributes(body, base, store.Parent{Type: object.Name, Object: object.Name, ID: row.At(schema.IDField)})
	for _, i := range fields {
		body = appendMember(body, object.Fields[i].Name)
		body = value.AppendJSON(body, &object.Fields[i], store.Text(object, row, i))
	}
	return append(body, '}')
}

// AppendFound prints one row of a query's result, whose members are those of
// [store.Result.Members]: parents stand in it as records of their own, or as null.
func AppendFound(body []byte, base string, result *store.Result, members []store.Member, row int) []byte {
	return appendRow(body, result, members, row, func(body []byte, of store.Parent) []byte { return appendAttributes(body, base, of) })
}

// AppendBare is [AppendFound] without attributes.
func AppendBare(body []byte, result *store.Result, members []store.Member, row int) []byte {
	return appendRow(body, result, members, row, func(body []byte, _ store.Parent) []byte { return append(body, '{') })
}

// appendRow prints a row; open begins a record.
func appendRow(body []byte, result *store.Result, members []store.Member, row int, open func([]byte, store.Parent) []byte) []byte {
	object := result.Object.Name
	body = open(body, store.Parent{Type: object, Object: object, ID: result.Rows[row].At(schema.IDField)})
	for i := range members {
		m := &members[i]
		body = appendMember(body, m.Name)
		if m.Fields == nil {
			f, text := result.Value(row, m.Column)
			body = value.AppendJSON(body, f, text)
			continue
		}
		parent, ok := result.Parent(row, m)
		if !ok {
			body = append(body, "null"...)
			continue
		}
		body = open(body, parent)
		for _, column := range m.Fields {
			f, text := result.Value(row, column)
			body = appendMember(body, f.Name)
			body = value.AppendJSON(body, f, text)
		}
		body = append(body, '}')
	}
	return append(body, '}')
}

// appendAttributes opens a record.
func appendAttributes(body []byte, base string, of store.Parent) []byte {
	body = append(body, `{"attributes":{"type":"`...)
	body = append(body, of.Type...)
	body = append(body, `","url":"`...)
	body = append(body, base...)
	body = append(body, `/sobjects/`...)
	body = append(body, of.Object...)
	body = append(body, '/')
	body = append(body, of.ID...)
	return append(body, `"}`...)
}

// appendMember begins a member of the record that is open.
func appendMember(body []byte, name string) []byte {
	if body[len(body)-1] != '{' {
		body = append(body, ',')
	}
	body = append(body, '"')
	body = append(body, name...)
	return append(body, `":`...)
}

// AppendCounts prints the whole answer to a query for counts by field: one record
// without an id.
func AppendCounts(body []byte, counts []store.Count) []byte {
	body = append(body, `{"totalSize":1,"done":true,"records":[{"attributes":{"type":"AggregateResult"}`...)
	for _, count := range counts {
		body = appendMember(body, count.Name)
		body = strconv.AppendInt(body, int64(count.Count), 10)
	}
	return append(body, "}]}"...)
}

// AppendRecords prints all records of a result, the elements of an array, for
// APIs that answer in one page. Their URLs stand below base.
func AppendRecords(body []byte, base string, result *store.Result) []byte {
	members := result.Members()
	for row := range result.Rows {
		if row > 0 {
			body = append(body, ',')
		}
		body = AppendFound(body, base, result, members, row)
	}
	return body
}
