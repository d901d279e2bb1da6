package salesforce

import (
	"bytes"
	"fmt"
	"strings"
)

// member is how a column stands in a JSON record: a field by its name, or a parent by its key as
// {"Account":{"Ext__c":"k"}} (REST API guide: relate records by external id).
type member struct {
	name string
	// parentType is set for a parent that may be of several types, key for every parent.
	parentType string
	key        string
}

func parseMembers(op string, columns []string) ([]member, error) {
	if err := checkColumns(op, columns); err != nil {
		return nil, err
	}
	members := make([]member, 0, len(columns))
	seen := make(map[string]bool, len(columns))
	for _, column := range columns {
		m, err := parseMember(column)
		if err != nil {
			return nil, refuse(op, "%s", err)
		}
		lower := strings.ToLower(m.name)
		if seen[lower] {
			return nil, refuse(op, "columns name the parent %s twice", m.name)
		}
		seen[lower] = true
		members = append(members, m)
	}
	return members, nil
}

func parseMember(column string) (member, error) {
	path, key, dotted := strings.Cut(column, ".")
	parentType, name, typed := strings.Cut(path, ":")
	if !typed {
		parentType, name = "", path
	}
	if name == "" || (typed && parentType == "") || (dotted && key == "") || (typed && !dotted) || strings.Contains(key, ".") {
		return member{}, fmt.Errorf("column %q is neither a field nor a parent with its key", column)
	}
	return member{name: name, parentType: parentType, key: key}, nil
}

// write adds the member with a value given as JSON. A parent is emptied by its reference field: its
// relationship name takes no null.
func (m member) write(buf *bytes.Buffer, v Value, text string) {
	switch {
	case m.key == "":
		fmt.Fprintf(buf, "%s:%s", quoteJSON(m.name), text)
	case v.IsNull():
		fmt.Fprintf(buf, "%s:null", quoteJSON(m.reference()))
	case m.parentType != "":
		fmt.Fprintf(buf, `%s:{"attributes":{"type":%s},%s:%s}`, quoteJSON(m.name), quoteJSON(m.parentType), quoteJSON(m.key), text)
	default:
		fmt.Fprintf(buf, "%s:{%s:%s}", quoteJSON(m.name), quoteJSON(m.key), text)
	}
}

// reference returns the field behind a relationship: Parent__c of Parent__r, AccountId of Account.
func (m member) reference() string {
	if base, custom := strings.CutSuffix(m.name, "__r"); custom {
		return base + "__c"
	}
	return m.name + "Id"
}
