package salesforce

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
)

// Usage is what a client has used so far.
type Usage struct {
	// Calls counts requests to the data APIs as the org's daily limit does: every attempt that may
	// have reached Salesforce, failed ones and repetitions included; OAuth, userinfo and the list of
	// versions are free.
	Calls int64
	// BulkBatches is how many internal batches of MaxBatchRows the rows make of jobs that were closed, and that Salesforce may
	// have begun.
	BulkBatches int64
	// BytesSent and BytesReceived count bodies, uncompressed.
	BytesSent     int64
	BytesReceived int64
	// DailyUsed and DailyMax are the org's own count as last seen in Sforce-Limit-Info, both 0 when it
	// was never seen. The count lags and may step back.
	DailyUsed int64
	DailyMax  int64
	// LimitReached says that a call was refused because the org's calls of the last 24 hours are used up.
	LimitReached bool
}

// CodeCallBudget means that a view of the client has made the calls that it may make; the request was
// not sent.
const CodeCallBudget = "CALL_BUDGET"

// IsCallBudget reports whether a call wasn't made because the view's budget is used up.
func IsCallBudget(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == CodeCallBudget
}

// Metered returns a view of the client that shares its session and connections. The view's Usage
// counts the calls made through it; the client's counts them too.
func (c *Client) Metered() *Client { return c.MeteredWithin(0) }

// MeteredWithin returns a view as Metered does that makes at most maxCalls calls and refuses further
// ones with CodeCallBudget before they are sent; 0 is no bound. What a view has begun, such as a job
// that was closed, can be seen through by the client that the view is of.
func (c *Client) MeteredWithin(maxCalls int64) *Client {
	return &Client{org: c.org, meter: &meter{above: c.meter, maxCalls: maxCalls}}
}

// Usage returns what was used through this client, or view, so far, calls under way included.
func (c *Client) Usage() Usage { return c.meter.read() }

// meter adds up usage; every amount also reaches the meters above it.
type meter struct {
	above *meter
	// maxCalls bounds usage.Calls, 0 is no bound.
	maxCalls int64

	mu    sync.Mutex
	usage Usage
}

func (m *meter) add(change func(*Usage)) {
	for ; m != nil; m = m.above {
		m.change(change)
	}
}

func (m *meter) change(change func(*Usage)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.usage)
}

// take counts a call before it is made, so that calls at the same time don't pass the bound together. It
// returns the bound that has been reached, 0 where the call may be made.
func (m *meter) take(bodyBytes int64) (reached int64) {
	for at := m; at != nil; at = at.above {
		at.change(func(u *Usage) {
			if at.maxCalls > 0 && u.Calls >= at.maxCalls {
				reached = at.maxCalls
				return
			}
			u.Calls++
			u.BytesSent += bodyBytes
		})
		if reached > 0 {
			m.giveBack(bodyBytes, at)
			return reached
		}
	}
	return 0
}

// giveBack takes a call that was never made out of the count again, below the meter end.
func (m *meter) giveBack(bodyBytes int64, end *meter) {
	for ; m != end; m = m.above {
		m.change(func(u *Usage) { u.Calls--; u.BytesSent -= bodyBytes })
	}
}

func (m *meter) received(n int) {
	m.add(func(u *Usage) { u.BytesReceived += int64(n) })
}

func (m *meter) batches(rows int) {
	n := int64((rows + MaxBatchRows - 1) / MaxBatchRows)
	m.add(func(u *Usage) { u.BulkBatches += n })
}

// apiUsage finds the org's count in "api-usage=18/5000; per-app-api-usage=17/250(appName=x)" (REST
// API guide: limit info header).
var apiUsage = regexp.MustCompile(`(?:^|[;\s])api-usage=(\d+)/(\d+)`)

func (m *meter) limitReached() { m.add(func(u *Usage) { u.LimitReached = true }) }

func (m *meter) limitInfo(header string) {
	found := apiUsage.FindStringSubmatch(header)
	if found == nil {
		return
	}
	used, errUsed := strconv.ParseInt(found[1], 10, 64)
	limit, errLimit := strconv.ParseInt(found[2], 10, 64)
	if errUsed != nil || errLimit != nil {
		return
	}
	m.add(func(u *Usage) { u.DailyUsed, u.DailyMax = used, limit })
}

func (m *meter) read() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.usage
}

// overBudget is the error for a call that wasn't made.
func overBudget(op string, reached int64) *Error {
	return &Error{
		Op: op, Code: CodeCallBudget, Message: fmt.Sprintf("%d API calls were allowed and have been made", reached),
		Hint: hintFor(CodeCallBudget, ""),
	}
}
