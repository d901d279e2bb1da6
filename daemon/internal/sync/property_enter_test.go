package sync_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// enter makes the records of a scene and returns the case that they make. Ids that a report names by a place are those
// that the records have got.
func (sc scene) enter(org *orgsim.Org) model.Case {
	var parents []string
	for _, fields := range sc.parents {
		if id, err := org.Insert(parent, fields); err == nil {
			parents = append(parents, id)
		}
	}
	for _, fields := range sc.things {
		enterThing(org, fields, parents)
	}
	c := model.Case{Spec: sc.spec, DryRun: sc.dryRun, FullResync: sc.full, IgnoreGuards: sc.ignore, PreviousRows: sc.previous, Made: sc.made}
	c.Org = model.Org{Objects: sc.objects, Records: map[string][]model.Record{}}
	for name, object := range sc.objects {
		c.Org.Records[name] = recordsOf(org, name, object)
	}
	things := c.Org.Records[thing]
	for _, row := range sc.rows {
		if key := row.Cells["Key"]; sc.spec.Match.Field == "Id" && strings.HasPrefix(key, "@") {
			cells := map[string]string{}
			maps.Copy(cells, row.Cells)
			row.Cells = cells
			place, short, _ := strings.Cut(key[1:], " ")
			if n, _ := strconv.Atoi(place); n < len(things) {
				cells["Key"] = things[n]["Id"]
			} else {
				cells["Key"] = sc.objects[thing].Prefix + "000000000zzz"
			}
			if short != "" {
				cells["Key"] = cells["Key"][:15]
			}
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}

// enterThing makes a record of all fields that Salesforce takes with their values, one after the other.
func enterThing(org *orgsim.Org, fields map[string]string, parents []string) {
	id, err := org.Insert(thing, map[string]string{"Name__c": fields["Name__c"]})
	if err != nil {
		panic(err) // a required field is all there is
	}
	for name, value := range fields {
		if name == "Parent__c" {
			n, _ := strconv.Atoi(value)
			if n >= len(parents) {
				continue
			}
			value = parents[n]
		}
		_ = org.Update(thing, id, map[string]string{name: value}) // refused, the field stays empty
	}
}

// reportOf prints the report of a case.
func reportOf(c model.Case) string {
	columns := c.Spec.Columns()
	var b strings.Builder
	line := func(cells []string) {
		for i, cell := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		b.WriteByte('\n')
	}
	line(columns)
	for _, row := range c.Rows {
		if row.Broken != "" {
			line(append(slices.Clip(columns), "one too many"))
			continue
		}
		cells := make([]string, len(columns))
		for i, column := range columns {
			cells[i] = row.Cells[column]
		}
		line(cells)
	}
	return b.String()
}
