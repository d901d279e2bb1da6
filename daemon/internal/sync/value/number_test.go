package value_test

import (
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
)

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, typ := range []salesforce.FieldType{salesforce.TypeDouble, salesforce.TypeCurrency, salesforce.TypePercent} {
		checkCells(t, form(t, salesforce.Field{Name: "M", Type: typ, Precision: 5, Scale: 2}, value.Options{}), []cell{
			{text: "29.85", want: "29.85"},
			{text: "14.0", want: "14"},
			{text: " +007.50 ", want: "7.5"},
			{text: "-007.50", want: "-7.5"},
			{text: "-00.50", want: "-0.5"},
			{text: "-0.5", want: "-0.5"},
			{text: "-010", want: "-10"},
			{text: "100", want: "100"},
			{text: "1.005", want: "1.01"},
			{text: "-1.005", want: "-1.01"},
			{text: "1.00499999999999999999999999999999", want: "1"},
			{text: "-0.001", want: "0"},
			{text: "0.005", want: "0.01"},
			{text: "0.0049", want: "0"},
			{text: "5e-3", want: "0.01"},
			{text: "12.5e-1", want: "1.25"},
			{text: "-0", want: "0"},
			{text: "-00.00", want: "0"},
			{text: ".5", want: "0.5"},
			{text: "-.5", want: "-0.5"},
			{text: "5.", want: "5"},
			{text: "9.9999E2", want: "999.99"},
			{text: "1e+2", want: "100"},
			{text: "1e-999", want: "0"},
			{text: "0e9999", want: "0"},
			{text: "999.994", want: "999.99"},
			{text: strings.Repeat("0", 500) + "5", want: "5"},
			{text: "999.995", refused: "M takes 3 digits"},
			{text: "1000", refused: "M takes 3 digits"},
			{text: "1e9999", refused: "M takes 3 digits"},
			{text: "1,000", refused: "no number"},
			{text: "1.000,50", refused: "no number"},
			{text: "12 %", refused: "no number"},
			{text: "$12", refused: "no number"},
			{text: "NaN", refused: "no number"},
			{text: "Infinity", refused: "no number"},
			{text: "0x10", refused: "no number"},
			{text: "1_0", refused: "no number"},
			{text: "1e", refused: "no number"},
			{text: "1e5.0", refused: "no number"},
			{text: "1e99999", refused: `"1e99999" has too many digits: a number has at most 400 characters here, and 4 digits in its exponent`},
			{text: "1e99999999999", refused: "too many digits"},
			{text: "-1.5E+00001", want: "-15"},
			{text: "1e-99999", refused: "too many digits"},
			{text: strings.Repeat("1", 401) + "e1", refused: "too many digits"},
			{text: strings.Repeat("1", 401), refused: "too many digits"},
			{text: strings.Repeat("1", 401) + "x", refused: "no number"},
			{text: ".", refused: "no number"},
			{text: "-", refused: "no number"},
			{text: "--1", refused: "no number"},
			{text: "١٢", refused: "no number"},
		})
	}
}

func TestDecimalShapes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		field salesforce.Field
		cells []cell
	}{
		{"all digits behind the point", salesforce.Field{Name: "N", Type: salesforce.TypeDouble, Precision: 2, Scale: 2}, []cell{
			{text: "0.99", want: "0.99"}, {text: "-0.5", want: "-0.5"}, {text: "0", want: "0"}, {text: "0.001", want: "0"},
			{text: "1", refused: "0 digits"}, {text: "0.995", refused: "0 digits"},
		}},
		{"18 digits are exact", salesforce.Field{Name: "N", Type: salesforce.TypeDouble, Precision: 18, Scale: 2}, []cell{
			{text: "1234567890123456.78", want: "1234567890123456.78"}, {text: "9007199254740993", want: "9007199254740993"},
			{text: "9.007199254740993E15", want: "9007199254740993"}, {text: "1234567890123456.785", want: "1234567890123456.79"},
		}},
		{"describe names no precision", salesforce.Field{Name: "N", Type: salesforce.TypeDouble}, []cell{
			{text: "999999999999999999", want: "999999999999999999"}, {text: "1000000000000000000", refused: "18 digits"},
		}},
		{"int by digits", salesforce.Field{Name: "N", Type: salesforce.TypeInt, Digits: 8}, []cell{
			{text: "12345678", want: "12345678"}, {text: "2.5", want: "3"}, {text: "123456789", refused: "8 digits"},
		}},
		{"int of 32 bits", salesforce.Field{Name: "N", Type: salesforce.TypeInt}, []cell{
			{text: "2147483647", want: "2147483647"}, {text: "-2147483648", want: "-2147483648"}, {text: "-1000000000", want: "-1000000000"},
			{text: "2147483648", refused: "range of N"}, {text: "-2147483649", refused: "range of N"}, {text: "10000000000", refused: "range of N"},
			{text: "2147483647.5", refused: "range of N"}, {text: "3E9", refused: "range of N"},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			checkCells(t, form(t, tc.field, value.Options{}), tc.cells)
		})
	}
}
