package api

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/go-resty/resty/v2"
)

const (
	retryWait    = 200 * time.Millisecond
	retryMaxWait = 10 * time.Second
)

// setRetries makes a client repeat what failed, and only what can be repeated without doing a thing twice.
func setRetries(c *resty.Client, n int) {
	switch {
	case n < 0:
		n = 0
	case n == 0:
		n = DefaultMaxRetries
	}
	c.SetRetryCount(n).SetRetryWaitTime(retryWait).SetRetryMaxWaitTime(retryMaxWait).SetRetryAfter(retryAfter)
	c.AddRetryCondition(shouldRetry)
}

// shouldRetry reports whether a request is to be sent again. A dial that failed sent nothing, so it may be repeated
// whatever the method; what was sent is repeated only when the daemon sees to it that it counts once.
func shouldRetry(res *resty.Response, err error) bool {
	if err != nil {
		return isDialError(err) || res != nil && repeatable(res.Request) && isBroken(err)
	}
	switch res.StatusCode() {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		// A problem without Retry-After is the daemon's considered answer, about an org that is down for instance;
		// without a problem it is some proxy that can't reach the daemon just now.
		return repeatable(res.Request) && (res.Header().Get("Retry-After") != "" || !isProblem(res))
	}
	return false
}

func repeatable(r *resty.Request) bool {
	return r.Method == http.MethodGet || r.Header.Get(HeaderIdempotencyKey) != ""
}

func isDialError(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// isBroken tells a connection that broke from a request that took too long, which would again, and from an answer that
// could not be used.
func isBroken(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return !op.Timeout()
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// retryAfter reads the Retry-After header in either of its forms (RFC 9110, section 10.2.3); 0 leaves the wait to the
// usual backoff.
func retryAfter(_ *resty.Client, res *resty.Response) (time.Duration, error) {
	h := res.Header().Get("Retry-After")
	if s, err := strconv.Atoi(h); err == nil && s >= 0 {
		return time.Duration(s) * time.Second, nil
	}
	if t, err := http.ParseTime(h); err == nil {
		return max(time.Until(t), 0), nil
	}
	return 0, nil
}
