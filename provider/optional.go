package provider

import "github.com/hashicorp/terraform-plugin-framework/types"

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
