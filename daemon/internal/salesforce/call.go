package salesforce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// call is one request to the org, described apart from its attempts.
type call struct {
	// op is the deed as a verb phrase, for errors.
	op     string
	method string
	// target is a path with its query, below the instance URL.
	target string
	query  url.Values

	body        content
	contentType string
	header      map[string]string

	// once marks a call that does more when done twice: it is repeated only when the first one took no
	// effect for certain.
	once bool
	// effective marks a once-call that changes records by itself. A gateway's own 503, without an error object of
	// Salesforce, is then no proof that the request was turned away.
	effective bool
	// stream leaves the body of a good answer to the caller, who must close it.
	stream bool
	// free marks what Salesforce does not count against the daily limit.
	free bool
	// anonymous sends no token.
	anonymous bool
	// accept is what the caller takes, JSON when empty.
	accept string
}

// reply is an answer: body holds it read in full, or stream leaves it to be read.
type reply struct {
	status int
	header http.Header
	body   []byte
	stream io.ReadCloser
}

// do sends a call until it is answered well or must not be repeated. An error tells [MayHaveArrived] of any of the times
// that it was sent, not of the last one alone.
func (c *Client) do(ctx context.Context, q call) (*reply, error) {
	lost := false
	answer, err := c.repeat(ctx, q, func(failure *Error) { lost = lost || MayHaveArrived(failure) })
	if err != nil && lost {
		err = &lostAnswerError{err}
	}
	return answer, err
}

// lostAnswerError is why a call failed that may have been carried out at an earlier try.
type lostAnswerError struct{ error }

func (e *lostAnswerError) Unwrap() error { return e.error }

// MayHaveArrived reports whether what failed may have been carried out although the answer never came.
func MayHaveArrived(err error) bool {
	if _, lost := errors.AsType[*lostAnswerError](err); lost {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return true
	}
	return !neverConnected(e.Err) && (e.Status == 0 && e.Code != CodeCallBudget || e.Status >= http.StatusInternalServerError)
}

// repeat sends a call as often as it makes sense, and tells failed of each time that it failed. This is the one place where
// exchanges are retried and sessions renewed.
func (c *Client) repeat(ctx context.Context, q call, failed func(*Error)) (*reply, error) {
	renewed := false
	for attempt := 1; ; attempt++ {
		using, err := c.org.session.grant(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.op, err)
		}
		answer, failure := c.attempt(ctx, q, using)
		if failure == nil {
			return answer, nil
		}
		failed(failure)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s: %w", q.op, context.Cause(ctx))
		}
		if failure.class == classAuth && !renewed && !q.anonymous {
			// A request that was refused for its token took no effect, whatever it was.
			if _, err := c.org.session.renew(ctx, using); err != nil {
				return nil, fmt.Errorf("%s: %w", q.op, err)
			}
			renewed = true
			attempt--
			continue
		}
		verdict := judge(failure)
		// A 503 that Salesforce itself did not write may come from something in between, after the request got through.
		doubtful := q.effective && failure.anonymous && failure.Status == http.StatusServiceUnavailable
		untaken := verdict.untaken && !doubtful
		if q.once && verdict.attempts > 1 && !untaken {
			failure.Hint = "whether Salesforce took the request is unknown, so it was not repeated"
			return nil, failure
		}
		if attempt >= verdict.attempts {
			return nil, failure
		}
		if err := pause(ctx, verdict.delay(attempt)); err != nil {
			return nil, fmt.Errorf("%s: %w", q.op, err)
		}
	}
}
