package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// lenient reads objects that are unset or not known as empty ones.
var lenient = basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true, UnhandledUnknownAsEmpty: true}

// optional returns a text for the daemon, nil for one that is unset or not known: the daemon tells unset from empty.
func optional[T ~string](s types.String) *T {
	if s.IsNull() || s.IsUnknown() {
		return nil
	}
	t := T(s.ValueString())
	return &t
}

// stringOf is the way back.
func stringOf[T ~string](t *T) types.String {
	if t == nil {
		return types.StringNull()
	}
	return types.StringValue(string(*t))
}
