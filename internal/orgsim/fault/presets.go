package fault

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Where presets strike that only make sense there: data calls, query pages, and
// what Bulk jobs give back.
const (
	dataCalls   = "/services/data/*/**"
	queryCalls  = "/services/data/*/query"
	queryPages  = "/services/data/*/query/*"
	downloads   = "/services/data/*/jobs/{ingest,query}/*/*{esults,records}"
	tokenCalls  = "/services/oauth2/token"
	jobPolls    = "/services/data/*/jobs/**"
	htmlType    = "text/html;charset=UTF-8"
	busyDelay   = Duration(2 * time.Second)
	unexpected  = "An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (1234567890)"
	maintenance = "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"
)

// Preset returns the trouble of that name, complete but for what the caller may
// want to narrow it by.
func Preset(name string) (Fault, bool) {
	f, ok := presets()[name]
	f.Preset = name
	return f, ok
}

// Presets lists the names of the presets.
func Presets() []string { return slices.Sorted(maps.Keys(presets())) }

// presets are the troubles of the API documents and of public issue threads
// (REST API guide: status codes and error responses; SOAP API guide: API fault
// element; Bulk API 2.0 guide: errors).
func presets() map[string]Fault {
	return map[string]Fault{
		"html_500": page(http.StatusInternalServerError, "<p>An internal server error has occurred.</p>"),
		"html_502": page(http.StatusBadGateway, "<p>The proxy server received an invalid response from an upstream server.</p>"),
		"html_503": page(http.StatusServiceUnavailable, "<p>We are down for maintenance. Sorry for the inconvenience.</p>"),
		"json_500": refusal("", http.StatusInternalServerError, "UNKNOWN_EXCEPTION", unexpected),
		"json_503": refusal("", http.StatusServiceUnavailable, "SERVER_UNAVAILABLE", "We are down for maintenance. Sorry for the inconvenience."),
		// A proxy's own answer, without a word.
		"empty_503":    {Action: Respond, Status: http.StatusServiceUnavailable, ContentType: "text/plain"},
		"reset_before": {Action: ResetBefore},
		"reset_after":  {Action: ResetAfter},
		"latency":      {Action: Delay, Delay: busyDelay},

		"expire_session":         {Action: ExpireSession, Path: dataCalls},
		"expire_session_mid_job": {Action: ExpireSession, Path: jobPolls, After: 2, Times: 1},
		"revoke_refresh_tokens":  {Action: RevokeRefresh, Path: tokenCalls, Times: 1},
		"change_org_id":          {Action: ChangeOrg, Times: 1},
		"api_disabled":           refusal(dataCalls, http.StatusForbidden, "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner"),

		"daily_limit":       refusal(dataCalls, http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
		"concurrent_limit":  refusal(dataCalls, http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
		"query_timeout":     refusal(queryCalls, http.StatusBadRequest, "QUERY_TIMEOUT", "Your query request was running for too long."),
		"invalid_locator":   refusal(queryPages, http.StatusBadRequest, "INVALID_QUERY_LOCATOR", "invalid query locator"),
		"unknown_exception": refusal(dataCalls, http.StatusInternalServerError, "UNKNOWN_EXCEPTION", unexpected),

		"lock_rows":    {Action: LockRows},
		"lock_parents": {Action: LockParents, Delay: busyDelay},
		"row_error":    {Action: RowError},
		"maintenance":  {Action: RowError, Code: maintenance},

		"fail_job":          {Action: FailJob},
		"too_many_locks":    {Action: FailJob, Message: "TooManyLockFailure : Too many lock failure (200)"},
		"hang_job":          {Action: HoldJob},
		"truncate_download": {Action: TruncateBody, Path: downloads},
		"short_download":    {Action: TruncateBody, Path: downloads, Orderly: true},
	}
}

func page(status int, text string) Fault {
	title := http.StatusText(status)
	return Fault{
		Action: Respond, Status: status, ContentType: htmlType,
		Body: "<!DOCTYPE html><html><head><title>" + title + "</title></head><body><h1>" + title + "</h1>" + text + "</body></html>",
	}
}

func refusal(path string, status int, code, message string) Fault {
	return Fault{Action: Respond, Path: path, Status: status, Body: `[{"message":"` + message + `","errorCode":"` + code + `"}]`}
}

// Unavailable is the HTML page that a load balancer gives with status 503.
func Unavailable() Fault { return presets()["html_503"].named("html 503") }

// ServerError is a JSON answer with status 500 and code UNKNOWN_EXCEPTION.
func ServerError() Fault { return presets()["json_500"].named("json 500") }

// DailyLimit is REQUEST_LIMIT_EXCEEDED for the calls of the last 24 hours.
func DailyLimit() Fault { return presets()["daily_limit"].named("daily limit") }

// ConcurrentLimit is REQUEST_LIMIT_EXCEEDED for long requests at the same time.
func ConcurrentLimit() Fault { return presets()["concurrent_limit"].named("concurrent limit") }

func (f Fault) named(name string) Fault {
	f.Name = name
	return f
}

// over lays the fault's own properties over those of a preset.
func (f Fault) over(preset Fault) Fault {
	return Fault{
		Name: f.Name, Preset: f.Preset,
		Method: cmp.Or(f.Method, preset.Method), Path: cmp.Or(f.Path, preset.Path), Kind: cmp.Or(f.Kind, preset.Kind), Header: f.Header,
		After: cmp.Or(f.After, preset.After), Every: f.Every, Percent: f.Percent, Times: cmp.Or(f.Times, preset.Times),
		Action: cmp.Or(f.Action, preset.Action),
		Status: cmp.Or(f.Status, preset.Status), Body: cmp.Or(f.Body, preset.Body),
		ContentType: cmp.Or(f.ContentType, preset.ContentType), RetryAfter: f.RetryAfter, Delay: cmp.Or(f.Delay, preset.Delay),
		Bytes: f.Bytes, Lines: f.Lines, Share: f.Share, Orderly: f.Orderly || preset.Orderly,
		Rows: f.Rows, Message: cmp.Or(f.Message, preset.Message), Code: cmp.Or(f.Code, preset.Code), Fields: f.Fields,
		Object: f.Object, IDs: f.IDs, Where: f.Where, Source: f.Source,
	}
}
