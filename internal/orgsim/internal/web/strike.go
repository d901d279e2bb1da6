package web

import (
	"cmp"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// strike lets the fault rules act on the call. It returns what is to be done
// after the request was carried out; ok is false where it must not be.
func (c *Call) strike() (after func(), ok bool) {
	after = func() {}
	c.Entry.Kind = cmp.Or(c.gate.kind(c.Request), c.Entry.Kind) // also of what never reaches its handler
	rules := c.gate.Faults.Request(fault.Request{
		Method: c.Request.Method, Path: c.Request.URL.Path, Kind: c.Entry.Kind, Header: c.Request.Header,
	})
	for _, rule := range rules {
		c.Entry.Fault = rule.Name
		switch rule.Action {
		case fault.Delay:
			if !c.pause(time.Duration(rule.Delay)) {
				return after, false
			}
		case fault.Hold:
			if !await(c, rule.Released()) {
				return after, false
			}
		case fault.ExpireSession:
			c.gate.Sessions.Expire(Bearer(c.Request))
		case fault.ResetBefore:
			c.reset()
			return after, false
		case fault.ResetAfter:
			c.meter.discard = true
			after = c.reset
		case fault.TruncateBody:
			after = c.truncate(rule)
		case fault.Respond:
			c.respond(rule)
			return after, false
		default: // what befalls the org as a whole
			if act := c.gate.Acts[rule.Action]; act != nil {
				act()
			}
		}
	}
	return after, true
}

// StrikeRows lets the fault rules act on the rows that the call writes, and notes
// in the journal which one did.
func (c *Call) StrikeRows() func(object *schema.Object, values []string) *sferr.Error {
	tx := c.gate.Faults.Transaction()
	tx.Note(func(rule string) {
		for at := c; at != nil; at = at.outer {
			at.Entry.Fault = rule
		}
	})
	return tx.Strike
}

// Kinds are the kinds of calls that the journal can show, in order.
func (g *Gate) Kinds() []string {
	kinds := []string{"other"}
	for _, methods := range g.methods {
		for _, e := range methods {
			kinds = append(kinds, e.Kind)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// maxUnread is how much of a body that no handler wanted the server takes
// nevertheless; beyond it, it closes the connection.
const maxUnread = 256 << 10

// received is how long the request's body was: what was read of it, and what is
// left of it for the server to take.
func (c *Call) received() int64 {
	unread := c.length - c.body.bytes
	if unread <= 0 || unread > maxUnread || c.Request.Header.Get("Expect") != "" {
		return c.body.bytes
	}
	return c.length
}

// kind is what a request is for, as its route says; handlers may know better
// later.
func (g *Gate) kind(r *http.Request) string {
	_, pattern := g.mux.Handler(r)
	e, _ := g.methods[pattern].find(methodOf(r))
	return e.Kind
}

func (c *Call) respond(rule *fault.Rule) {
	contentType := rule.ContentType
	if contentType == "" {
		contentType = JSONType
	}
	if rule.RetryAfter > 0 {
		c.Out.Header().Set("Retry-After", strconv.Itoa(rule.RetryAfter))
	}
	c.Raw(rule.Status, contentType, []byte(rule.Body))
}

// reset cuts the connection with a TCP reset, after it has closed the journal
// entry. Where the connection cannot be reached, the handler is aborted, which
// ends it without an answer.
func (c *Call) reset() {
	c.meter.status = 0
	c.record()
	conn, _, err := http.NewResponseController(c.meter.ResponseWriter).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, isTCP := conn.(*net.TCPConn); isTCP {
		// Failing to set it leaves an orderly close, which is a cut as well.
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// await waits for the channel, unless the client or the org ends first.
func await[T any](c *Call, ready <-chan T) bool {
	select {
	case <-ready:
		return true
	case <-c.Request.Context().Done():
		return false
	case <-c.gate.Running.Done():
		return false
	}
}

// pause waits, unless the client or the org ends first.
func (c *Call) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	return await(c, timer.C)
}
