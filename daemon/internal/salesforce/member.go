package salesforce

import (
	"fmt"
	"strings"
)

// member is how a column stands in a JSON record: a field by its name, or a parent by its key as
// {"Account":{"Ext__c":"k"}} (REST API guide: relate records by external id). Around a value stand
// opening and closing; null is the whole member for an emptied one.
type member struct {
	name             string
	opening, closing string
	null             string
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
	m := member{name: name, opening: quoteJSON(name) + ":", null: quoteJSON(name) + ":null"}
	if dotted {
		m.null = quoteJSON(referenceOf(name)) + ":null"
		m.opening += "{"
		if typed {
			m.opening += `"attributes":{"type":` + quoteJSON(parentType) + "},"
		}
		m.opening += quoteJSON(key) + ":"
		m.closing = "}"
	}
	return m, nil
}

// append adds the member with a value given as JSON. A parent is emptied by its reference field: its
// relationship name takes no null.
func (m member) append(body []byte, v Value, text string) []byte {
	if v.IsNull() {
		return append(body, m.null...)
	}
	return append(append(append(body, m.opening...), text...), m.closing...)
}

// referenceOf returns the field behind a relationship: Parent__c of Parent__r, AccountId of Account.
func referenceOf(relationship string) string {
	if base, custom := strings.CutSuffix(relationship, "__r"); custom {
		return base + "__c"
	}
	return relationship + "Id"
}
