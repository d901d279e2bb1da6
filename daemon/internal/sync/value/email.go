package value

import (
	"fmt"
	"strings"
)

// readEmail lower-cases, as Salesforce does on save.
func readEmail(f *Form, text string) (string, error) {
	text = lower(text)
	if f.checks() {
		if reason := notAnEmail(text); reason != "" {
			return "", fmt.Errorf("%s is no e-mail address: %s", Quote(text), reason)
		}
	}
	return text, f.fits(text)
}

// notAnEmail returns why Salesforce would certainly refuse an address with INVALID_EMAIL_ADDRESS, empty when it may
// take it. Its whole rule is not public and has been widened before, so signs and letters are left to it. Dots within
// what stands before the @, and at its end, are allowed beyond RFC 5322: Japanese providers give out such addresses
// (Salesforce Help 000384328: email address format technical standards).
func notAnEmail(text string) string {
	if likeMostEmails(text) {
		return ""
	}
	return emailFault(text)
}

func emailFault(text string) string {
	local, domain, at := strings.Cut(text, "@")
	switch {
	case !at:
		return "it has no @"
	case local == "" || domain == "":
		return "something has to stand on both sides of the @"
	case strings.IndexByte(domain, '@') >= 0:
		return "it has more than one @"
	case kindsIn(text)&blank != 0:
		return "it has a blank inside"
	case strings.IndexByte(domain, '.') < 0:
		return "there is no dot after the @"
	case local[0] == '.':
		return "it starts with a dot"
	case misplacedDot(domain):
		return "a dot stands at an end of what follows the @, or next to another dot"
	}
	return ""
}

// likeMostEmails reports whether none of the reasons holds, in one pass over the text. Of the few addresses with odd dots
// it says no.
func likeMostEmails(text string) bool {
	before, dots, ats := byte('.'), 0, 0
	for i := range len(text) {
		c := text[i]
		switch {
		case c == '.' || c == '@':
			if before == '.' || before == '@' {
				return false
			}
			if c == '@' {
				ats, dots = ats+1, 0
			} else {
				dots++
			}
		case kindOf[c]&blank != 0:
			return false
		}
		before = c
	}
	return ats == 1 && dots > 0 && before != '.' && before != '@'
}

func misplacedDot(text string) bool {
	return text[0] == '.' || text[len(text)-1] == '.' || strings.Contains(text, "..")
}
