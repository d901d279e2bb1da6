package transform

// Step is one step of a [Chain]. Its zero value leaves texts alone.
type Step struct {
	source string
	apply  func(string) string
}

// String returns the step as it was written.
func (s Step) String() string { return s.source }

// Chain is a list of steps that a text passes in order. It may be used by several goroutines at once.
type Chain []Step

// Apply returns text as it leaves the last step. A chain without steps returns it as it came, and an empty text stays
// empty in every chain.
func (c Chain) Apply(text string) string {
	for _, step := range c {
		if text == "" {
			return ""
		}
		if step.apply != nil {
			text = step.apply(text)
		}
	}
	return text
}
