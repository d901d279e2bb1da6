package salesforce

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// verdict says how often a failed exchange is tried in all and how long to wait in between.
type verdict struct {
	attempts int
	// untaken means that the request took no effect for certain.
	untaken bool
	pace    pace
	// atLeast is what the server asked for by Retry-After.
	atLeast time.Duration
}

const (
	attemptsUsual = 5
	attemptsFew   = 3
	attemptsLong  = 6

	// maxRetryAfter is the longest wait that is worth sitting out within a call.
	maxRetryAfter = 5 * time.Minute
)

var once = verdict{attempts: 1}

// judge decides on repeating, by what Salesforce documents as temporary (REST API guide: status
// codes; SOAP API guide: status codes).
func judge(e *Error) verdict {
	var v verdict
	switch {
	case e.class == classUnreachable && untrusted(e.Err):
		return once
	case e.class == classUnreachable:
		v = verdict{attempts: attemptsUsual, untaken: neverConnected(e.Err), pace: paceUsual}
	case e.class != classRetryable:
		return once
	case e.Code == CodeRequestLimit:
		v = verdict{attempts: attemptsLong, untaken: true, pace: paceLong}
	case e.Status == http.StatusInternalServerError:
		v = verdict{attempts: attemptsFew, pace: paceUsual}
	default:
		v = verdict{attempts: attemptsUsual, untaken: turnedAway(e.Status), pace: paceUsual}
	}
	if e.retryAfter > maxRetryAfter {
		return once
	}
	v.atLeast = e.retryAfter
	return v
}

func (v verdict) delay(attempt int) time.Duration {
	return max(v.pace.delay(attempt), v.atLeast)
}

// turnedAway reports whether a status means that the request was not worked on at all.
func turnedAway(status int) bool {
	return slices.Contains([]int{statusEnhanceYourCalm, http.StatusTooManyRequests, http.StatusServiceUnavailable}, status)
}

// statusEnhanceYourCalm is seen from Salesforce's edge, with an empty body.
const statusEnhanceYourCalm = 420

var (
	temporaryStatuses = []int{
		statusEnhanceYourCalm, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}
	temporaryCodes = []string{
		"SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION", "INTERNAL_ERROR", "TEMPORARY_QUERY_MORE_FAILURE",
		codeMaintenance,
	}
	// tooMuchWork comes with temporary statuses too, but the same request will fail again.
	tooMuchWork = []string{"QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG"}
)

// classify completes the error of an answer: what it means and what the server asked for.
func classify(e *Error, header http.Header) *Error {
	e.retryAfter = parseRetryAfter(header.Get("Retry-After"), time.Now())
	switch {
	case e.Status == http.StatusUnauthorized, e.Code == CodeInvalidSession, e.Code == codeBadToken:
		e.class = classAuth
	case e.Code == CodeRequestLimit && strings.Contains(strings.ToLower(e.Message), "concurrent"):
		e.class, e.Hint = classRetryable, hintConcurrent
	case e.Code == CodeRequestLimit:
		e.class, e.Hint = classLimit, hintTotal
	case slices.Contains(tooMuchWork, e.Code):
		e.class = classOther
	case slices.Contains(temporaryStatuses, e.Status), slices.Contains(temporaryCodes, e.Code):
		e.class = classRetryable
	}
	return e
}

// parseRetryAfter reads seconds or a date; anything else is no wish.
func parseRetryAfter(header string, now time.Time) time.Duration {
	if header == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(header); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
