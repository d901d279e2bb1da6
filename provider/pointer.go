package provider

import (
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// renamed lists the values that the config API and Terraform name differently, by their JSON pointer.
var renamed = map[string]string{
	"/client_credentials/client_secret": "/client_credentials/" + attrSecret,
}

var pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")

// attributePath translates a JSON pointer into a request body to the path of the attribute. Where the pointer leads
// to something that is no attribute, the path is that of the nearest one around it, and exact is false.
func attributePath(typ attr.Type, pointer string) (at path.Path, exact bool) {
	at = path.Empty()
	if to, ok := renamed[pointer]; ok {
		pointer = to
	}
	rest, ok := strings.CutPrefix(pointer, "/")
	if !ok {
		return at, false
	}
	for token := range strings.SplitSeq(rest, "/") {
		name := pointerUnescaper.Replace(token)
		switch t := typ.(type) {
		case attr.TypeWithAttributeTypes:
			inner, ok := t.AttributeTypes()[name]
			if !ok {
				return at, false
			}
			at, typ = at.AtName(name), inner
		case types.MapType:
			at, typ = at.AtMapKey(name), t.ElemType
		case types.ListType:
			index, err := strconv.Atoi(name)
			if err != nil || index < 0 {
				return at, false
			}
			at, typ = at.AtListIndex(index), t.ElemType
		default:
			return at, false
		}
	}
	return at, true
}

// isKnown reports whether everything that a rule about the attribute at a path looks at is known: the attribute, and
// for an attribute of a nested object its siblings.
func isKnown(raw tftypes.Value, at path.Path) bool {
	steps := at.Steps()
	if last := len(steps) - 1; last > 0 {
		if _, ok := steps[last].(path.PathStepAttributeName); ok {
			steps = steps[:last]
		}
	}
	value := raw
	for _, step := range steps {
		if !value.IsKnown() {
			return false
		}
		next, err := value.ApplyTerraform5AttributePathStep(terraformStep(step))
		inner, ok := next.(tftypes.Value)
		if err != nil || !ok {
			return value.IsFullyKnown()
		}
		value = inner
	}
	return value.IsFullyKnown()
}

// terraformStep translates a step of a path; the framework keeps its own translation to itself.
func terraformStep(step path.PathStep) tftypes.AttributePathStep {
	switch s := step.(type) {
	case path.PathStepElementKeyString:
		return tftypes.ElementKeyString(s)
	case path.PathStepElementKeyInt:
		return tftypes.ElementKeyInt(s)
	case path.PathStepAttributeName:
		return tftypes.AttributeName(s)
	}
	return nil
}
