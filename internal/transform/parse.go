package transform

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of what users write.
const (
	MaxSteps         = 16   // steps of a chain
	MaxPatternLength = 1000 // bytes of the expression of a regex step
)

// StepError blames one step of a chain.
type StepError struct {
	Index  int    // position in the list, from 0
	Step   string // the step as it was written
	Reason string // what is wrong with it and the way out, fit to follow the name of the attribute that holds it
}

// Error names the step by its place, counted from 1, and says what is wrong with it.
func (e *StepError) Error() string {
	return fmt.Sprintf("step %d of the transform: %s", e.Index+1, e.Reason)
}

// plain are the steps that take nothing.
var plain = map[string]func(string) string{
	"trim":          strings.TrimSpace,
	"lower":         strings.ToLower,
	"upper":         strings.ToUpper,
	"sha256_base64": sha256Base64,
	"sha256_hex":    sha256Hex,
}

// taking are the steps that take what follows a colon.
var taking = map[string]func(string) (apply func(string) string, reason string){
	"strip_prefix": stripPrefix,
	"regex":        expression,
}

// Names lists the steps as users write them, X and EXPR standing for what they put in.
func Names() []string {
	return []string{"trim", "lower", "upper", "strip_prefix:X", "regex:EXPR", "sha256_base64", "sha256_hex"}
}

// Parse reads a chain. The error is a [*StepError] for the first step that is none.
func Parse(steps []string) (Chain, error) {
	var chain Chain
	for i, source := range steps {
		if i == MaxSteps {
			return nil, &StepError{Index: i, Step: source, Reason: fmt.Sprintf("is one step too many: a transform has at most %d", MaxSteps)}
		}
		apply, reason := parseStep(source)
		if reason != "" {
			return nil, &StepError{Index: i, Step: source, Reason: reason}
		}
		chain = append(chain, Step{source: source, apply: apply})
	}
	return chain, nil
}

// parseStep returns what a step does, or the reason why it is none.
func parseStep(source string) (apply func(string) string, reason string) {
	name, argument, colon := strings.Cut(source, ":")
	if build, ok := taking[name]; ok {
		if argument == "" {
			return nil, fmt.Sprintf("%q has nothing after the colon: write it as %s", source, usage(name))
		}
		return build(argument)
	}
	apply, ok := plain[name]
	switch {
	case !ok:
		return nil, fmt.Sprintf("%q is no step: use %s%s", shorten(source), strings.Join(Names(), ", "), meant(name))
	case colon:
		return nil, fmt.Sprintf("%q takes nothing: write it as %q", shorten(source), name)
	}
	return apply, ""
}

func usage(name string) string {
	i := slices.IndexFunc(Names(), func(n string) bool { return strings.HasPrefix(n, name+":") })
	return Names()[i]
}

// meant offers the step that a name stands for which is written with other case, blanks or hyphens, or in part.
func meant(name string) string {
	plainly := strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
	if plainly == "" {
		return ""
	}
	for _, n := range Names() {
		known, _, _ := strings.Cut(n, ":")
		if strings.HasPrefix(known, plainly) || strings.HasPrefix(plainly, known) {
			return fmt.Sprintf("; did you mean %q?", n)
		}
	}
	return ""
}

// shorten cuts a text that was meant for something else to what a message can hold.
func shorten(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
