package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// automation is a bound automation.
type automation struct {
	rule  *schema.Automation
	when  *filter // nil: always
	field int
	set   string // stored form
}

func bindAutomation(o *schema.Object, r *schema.Automation) (automation, error) {
	field, _ := o.AnyField(r.Field) // the schema has checked the name
	a := automation{rule: r, field: field}
	if r.Set == "" {
		return a, nil
	}
	var err error
	if a.set, err = typed(&o.Fields[field], r.Set); err != nil {
		return a, fmt.Errorf("set: %w", err)
	}
	return a, nil
}

// automate changes the saved record as flows do. Each automation sees what
// those before it made, and none runs twice.
func (tx *transaction) automate(s *save) *sferr.Error {
	for _, a := range s.table.rules.automations {
		if !schema.Runs(a.rule.On, s.event) || !tx.holds(a.when, Row(tx.db.press.pack(s.draft))) {
			continue
		}
		f := &s.table.object.Fields[a.field]
		text, err := value.Normalise(f, a.result(f, s.draft[a.field], tx))
		if err == nil && text == "" && !f.Nillable() {
			err = sferr.RequiredMissing([]string{f.Name})
		}
		if err != nil {
			return sferr.On(nil, "CANNOT_EXECUTE_FLOW_TRIGGER",
				"We can't save this record because the “%s” process failed. %s: %s", a.rule.Name, err.Code, err.Message)
		}
		s.draft[a.field] = text
	}
	s.table.complete(s.draft, s.id)
	return nil
}

func (a automation) result(f *schema.Field, have string, tx *transaction) string {
	switch a.rule.Transform {
	case schema.Upper:
		return strings.ToUpper(have)
	case schema.Lower:
		return strings.ToLower(have)
	case schema.Trim:
		return strings.TrimSpace(have)
	case schema.Now:
		if f.Type == schema.Date {
			return tx.at.UTC().Format(time.DateOnly)
		}
		return tx.stamp
	default:
		return a.set
	}
}
