package web

import (
	"bytes"
	"cmp"
	"net/http"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// defaultShare of a body is sent where a fault does not say how much.
const defaultShare = 50

// maxWhole is how much of a body of unknown length is kept until it is known: a
// share of a longer one is a share of this much.
const maxWhole = 8 << 20

// truncated passes a part of an answer's body on and drops the rest. It stands
// in front of the encoder, so that lines are lines also where the answer is
// compressed.
type truncated struct {
	http.ResponseWriter

	rule  *fault.Rule
	begun bool
	left  int          // bytes, or lines, that are still to be passed on
	share bool         // the rule is of a share, and left is not known before the end
	whole bytes.Buffer // of a share: the body, until its length is known
}

// truncate makes the rule act on the answer to come. What it returns ends the
// answer.
func (c *Call) truncate(rule *fault.Rule) (end func()) {
	t := &truncated{ResponseWriter: c.Out, rule: rule, left: max(rule.Bytes, rule.Lines)}
	c.Out = t
	return func() {
		t.end()
		if !rule.Orderly {
			c.cut()
		}
	}
}

// WriteHeader takes back the length that an answer which ends early has not.
func (t *truncated) WriteHeader(status int) {
	t.begin()
	t.ResponseWriter.WriteHeader(status)
}

// begin works out how much is to be passed on. Where the connection is cut the
// length stays in the header, for the client to miss the rest.
func (t *truncated) begin() {
	if t.begun {
		return
	}
	t.begun = true
	if t.left == 0 {
		length, err := strconv.Atoi(t.Header().Get("Content-Length"))
		t.share, t.left = err != nil, t.part(length)
	}
	if t.rule.Orderly {
		t.Header().Del("Content-Length")
	}
}

// part is the rule's share of a length.
func (t *truncated) part(length int) int {
	return length * cmp.Or(t.rule.Share, defaultShare) / 100
}

// Write claims to have written everything: the handler does not know.
func (t *truncated) Write(p []byte) (int, error) {
	t.begin()
	switch {
	case t.rule.Lines > 0:
		return len(p), t.pass(t.lines(p))
	case t.share:
		t.whole.Write(p[:min(len(p), maxWhole-t.whole.Len())])
		return len(p), nil
	default:
		part := p[:min(len(p), t.left)]
		t.left -= len(part)
		return len(p), t.pass(part)
	}
}

// lines is the part of p that belongs to the lines still to be passed on.
func (t *truncated) lines(p []byte) []byte {
	end := 0
	for t.left > 0 && end < len(p) {
		length := bytes.IndexByte(p[end:], '\n') + 1
		if length == 0 {
			return p
		}
		end += length
		t.left--
	}
	return p[:end]
}

func (t *truncated) end() {
	_ = t.pass(t.whole.Bytes()[:t.part(t.whole.Len())]) // fails where the client has gone away, which is its own affair
}

func (t *truncated) pass(part []byte) error {
	if len(part) == 0 {
		return nil
	}
	_, err := t.ResponseWriter.Write(part) //nolint:gosec // a part of an answer that is checked where it is made
	return err                             //nolint:wrapcheck // the writer's own
}

// cut sends what has been written and closes the connection without ending the
// answer.
func (c *Call) cut() {
	if c.out.zip != nil {
		_ = c.out.zip.Flush() // not closed: a whole gzip stream would pass for a whole answer
	}
	c.meter.release()
	c.record()
	c.meter.discard = true // what ends the answer has nowhere to go
	control := http.NewResponseController(c.meter.ResponseWriter)
	_ = control.Flush() // where that fails nothing arrives, which is a cut as well
	conn, _, err := control.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close()
}
