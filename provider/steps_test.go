package provider_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// planned wants a resource to be dealt with in one way.
func planned(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

// has wants an attribute of a resource to have a value in the state; the path parts nested names by dots.
func has(address, path string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, at(path), value)
}

func at(path string) tfjsonpath.Path {
	names := strings.Split(path, ".")
	p := tfjsonpath.New(names[0])
	for _, name := range names[1:] {
		p = p.AtMapKey(name)
	}
	return p
}

// doing is what happens between plan and apply.
type doing func() error

// CheckPlan does it.
func (d doing) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = d()
}

// edit is a change of configuration, and what the state holds afterwards.
type edit struct {
	config string
	path   string
	value  knownvalue.Check
}

// inPlace turns edits into steps, each of which must be an update in place that keeps the id and counts the revision up
// by one. The testing framework sees to it that the plan after each is empty.
func inPlace(t *testing.T, address string, edits []edit) []resource.TestStep {
	t.Helper()
	id := statecheck.CompareValue(compare.ValuesSame())
	steps := make([]resource.TestStep, len(edits))
	for i, e := range edits {
		steps[i] = resource.TestStep{
			Config:           e.config,
			ConfigPlanChecks: planned(address, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				has(address, e.path, e.value),
				has(address, "revision", knownvalue.Int64Exact(int64(i+2))),
				id.AddStateValue(address, tfjsonpath.New("id")),
			},
		}
	}
	return steps
}

// imports are steps that import a resource by its id and by its name, and want an empty plan after either.
func imports(address, name string, ignored ...string) []resource.TestStep {
	byID := func(state *terraform.State) (string, error) { return idOf(state, address) }
	steps := []resource.TestStep{
		{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateIdFunc: byID},
		{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateIdFunc: byID, ImportStateVerifyIgnore: ignored},
	}
	if name == "" {
		return steps
	}
	return append(steps,
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: "name=" + name},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "name=nothing", ExpectError: loosely(`named "nothing"`)},
	)
}

// loosely matches a text however the CLI has wrapped its lines.
func loosely(texts ...string) *regexp.Regexp {
	var parts []string
	for _, text := range texts {
		var words []string
		for word := range strings.FieldsSeq(text) {
			words = append(words, regexp.QuoteMeta(word))
		}
		parts = append(parts, strings.Join(words, `[\s│]+`))
	}
	return regexp.MustCompile(`(?s)` + strings.Join(parts, `.*`))
}
