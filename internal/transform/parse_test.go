package transform_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

func TestParseNamesTheStepToBlame(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		steps  []string
		index  int
		reason string // what the reason has to hold
	}{
		{"unknown", []string{"trim", "reverse"}, 1, `use trim, lower, upper, strip_prefix:X`},
		{"empty", []string{""}, 0, `"" is no step`},
		{"other case", []string{"Lower"}, 0, `did you mean "lower"?`},
		{"hyphen", []string{"sha256-hex"}, 0, `did you mean "sha256_hex"?`},
		{"in part", []string{"sha256"}, 0, `did you mean "sha256_base64"?`},
		{"too long a name", []string{"trimmed"}, 0, `did you mean "trim"?`},
		{"argument of none", []string{"lower", "trim:x"}, 1, `write it as "trim"`},
		{"no prefix", []string{"strip_prefix:"}, 0, `write it as strip_prefix:X`},
		{"no colon", []string{"strip_prefix"}, 0, `write it as strip_prefix:X`},
		{"no expression", []string{"regex:"}, 0, `write it as regex:EXPR`},
		{"open group", []string{"regex:(a"}, 0, `missing closing )`},
		{"lookahead", []string{"regex:(?=a)"}, 0, `without lookaround`},
		{"long expression", []string{"regex:" + strings.Repeat("a", transform.MaxPatternLength+1)}, 0, `at most 1000`},
		{"large expression", []string{"regex:" + strings.Repeat("[a-z]{1000}", 11)}, 0, `too large`},
		{"nested repetition", []string{"regex:(a{500}){500}"}, 0, `invalid repeat count`},
		{"too many", slices.Repeat([]string{"trim"}, transform.MaxSteps+1), transform.MaxSteps, `at most 16`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			chain, err := transform.Parse(tt.steps)
			e, ok := errors.AsType[*transform.StepError](err)
			if !ok || chain != nil {
				t.Fatalf("got %v, %v, want a step error", chain, err)
			}
			if e.Index != tt.index || e.Step != tt.steps[tt.index] || !strings.Contains(e.Reason, tt.reason) {
				t.Errorf("blames step %d (%q): %s", e.Index, e.Step, e.Reason)
			}
			if !strings.Contains(err.Error(), e.Reason) {
				t.Errorf("the error %q hides the reason", err)
			}
		})
	}
}

func TestParseTakesEverythingThatItNames(t *testing.T) {
	t.Parallel()
	names := transform.Names()
	chain, err := transform.Parse(names)
	if err != nil {
		t.Fatal(err)
	}
	var written []string
	for _, step := range chain {
		written = append(written, step.String())
	}
	if !slices.Equal(written, names) {
		t.Errorf("%q became %q", names, written)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"trim", "strip_prefix:a", "regex:^[^_]+_(.*)$", "regex:(a)|b", "sha256_base64", "regex:(?i)\\pL{3}", "lower:"} {
		f.Add(seed, "Acme_Ann@example.com")
	}
	f.Fuzz(func(t *testing.T, step, text string) {
		chain, err := transform.Parse([]string{step})
		if err != nil {
			if _, ok := errors.AsType[*transform.StepError](err); !ok {
				t.Fatalf("%q: %v blames no step", step, err)
			}
			return
		}
		once := chain.Apply(text)
		if again := chain.Apply(text); again != once {
			t.Errorf("%q makes %q of %q, then %q", step, once, text, again)
		}
		if chain.Apply("") != "" {
			t.Errorf("%q makes something of nothing", step)
		}
		if strings.HasPrefix(step, "regex:") && !strings.Contains(text, once) {
			t.Errorf("%q finds %q, which is not in %q", step, once, text)
		}
	})
}
