package provider

import (
	"context"
	"fmt"
	"math/big"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
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

// optionalInt returns a number for the daemon, nil for one that is unset or not known.
func optionalInt(n types.Int64) *int64 {
	if n.IsUnknown() {
		return nil
	}
	return n.ValueInt64Pointer()
}

// optionalFloat returns a number for the daemon, nil for one that is unset or not known.
func optionalFloat(n types.Float64) *float64 {
	if n.IsUnknown() {
		return nil
	}
	return n.ValueFloat64Pointer()
}

// decimalPrecision is how many bits Terraform gives to the numbers of a configuration.
const decimalPrecision = 512

// decimalOf is the way back of optionalFloat. It makes the number that Terraform reads from the shortest decimal: the
// float64 for 33.3 is another one, and after an import Terraform would plan to change it to 33.3.
func decimalOf(ctx context.Context, n *float64, diags *diag.Diagnostics) types.Float64 {
	if n == nil {
		return types.Float64Null()
	}
	shortest := strconv.FormatFloat(*n, 'g', -1, 64) //nolint:forbidigo // a setting of the integration, no value of a report
	exact, _, err := big.ParseFloat(shortest, 10, decimalPrecision, big.ToNearestEven)
	if err != nil {
		diags.AddError("A number of the daemon can't be read", err.Error())
		return types.Float64Null()
	}
	// The type alone makes values with more precision than a float64 has.
	value, err := types.Float64Type.ValueFromTerraform(ctx, tftypes.NewValue(tftypes.Number, exact))
	number, ok := value.(types.Float64)
	if err != nil || !ok {
		diags.AddError("A number of the daemon can't be read", fmt.Sprintf("%v is no number for Terraform: %v", *n, err))
	}
	return number
}

// optionalTexts returns texts for the daemon, nil for a list that is unset or not known. A text that is not known is empty.
func optionalTexts(l types.List) []string {
	if l.IsNull() || l.IsUnknown() {
		return nil
	}
	texts := make([]string, 0, len(l.Elements()))
	for _, element := range l.Elements() {
		if s, ok := element.(types.String); ok {
			texts = append(texts, s.ValueString())
		}
	}
	return texts
}

// listOf is the way back.
func listOf(texts []string) types.List {
	if texts == nil {
		return types.ListNull(types.StringType)
	}
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, elements)
}

// optionalObject reads a nested object into its model; nil stands for one that is unset or not known.
func optionalObject[M any](ctx context.Context, o types.Object, diags *diag.Diagnostics) *M {
	if o.IsNull() || o.IsUnknown() {
		return nil
	}
	m := new(M)
	diags.Append(o.As(ctx, m, lenient)...)
	return m
}

// objectOf is the way back.
func objectOf[M any](ctx context.Context, typ map[string]attr.Type, m *M, diags *diag.Diagnostics) types.Object {
	if m == nil {
		return types.ObjectNull(typ)
	}
	o, more := types.ObjectValueFrom(ctx, typ, m)
	diags.Append(more...)
	return o
}
