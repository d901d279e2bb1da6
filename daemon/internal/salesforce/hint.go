package salesforce

import "strings"

// hintFor names what usually helps. OAuth gives many causes the same error, so its description
// decides; the data APIs' messages are localised, so only their code does.
func hintFor(code, message string) string {
	if h, ok := codeHints[code]; ok {
		return h
	}
	if strings.HasPrefix(code, "TXN_SECURITY_") {
		return hintSecurityPolicy
	}
	lower := strings.ToLower(message)
	for _, h := range oauthHints {
		if h.code == code && strings.Contains(lower, h.part) {
			return h.hint
		}
	}
	return ""
}

// Hints that several codes share, or that a code has only sometimes.
const (
	hintEditRights     = "give the run-as user the rights to read and edit the object and its fields"
	hintSecurityPolicy = "a transaction security policy of the org blocks the request; an administrator can exempt the run-as user"

	// Two limits share the code REQUEST_LIMIT_EXCEEDED.
	hintConcurrent = "too many long requests ran at once; this passes within seconds; other programs may be using the org at the same time"
	hintTotal      = "the org's API requests of the last 24 hours are used up; it recovers over hours, so run later, less often, or raise the org's limit"
)

var codeHints = map[string]string{
	// Requests, sessions and rights.
	"API_DISABLED_FOR_ORG":     "the org's edition has no API access, or the run-as user lacks the permission API Enabled",
	"API_CURRENTLY_DISABLED":   "the run-as user lacks the permission API Enabled, or API access is switched off for the org",
	"INSUFFICIENT_ACCESS":      hintEditRights,
	CodeInvalidType:            "the object does not exist, or the run-as user has no access to it; custom objects end in __c",
	CodeInvalidField:           "the field does not exist, or the run-as user has no field-level security for it",
	CodeInvalidSession:         "the org ended a session that was just opened; look for session or IP restrictions of the app",
	"QUERY_TIMEOUT":            "the query ran longer than 120 s; filter by an indexed field",
	"REQUEST_RUNNING_TOO_LONG": "the request took the org too long; fewer rows at once (batch_rows) may help",
	"INVALID_QUERY_LOCATOR":    "the query's result has expired; start the query again",
	"MALFORMED_ID":             "record ids have 15 or 18 characters and begin with the object's prefix",
	CodeUnsupportedVersion:     "the org no longer, or not yet, offers the API version that this version of reportsync speaks: update reportsync",
	CodeOrganizationChanged:    "a sandbox was refreshed or the address now leads elsewhere; if the new org is meant, make the connection anew",
	CodeRedirected:             "use the org's current My Domain address, https://MyDomain.my.salesforce.com",
	CodeCallBudget:             "raise daily_api_calls in the connection's limits, or run less often",
	"SERVER_UNAVAILABLE":       "the org is busy or in maintenance; see status.salesforce.com",
	codeMaintenance:            "the org is read-only during maintenance; see status.salesforce.com for its end",
	"URI_TOO_LONG":             "ask for fewer keys at a time, or use a Bulk query",
	"INSUFFICIENT_PERMISSIONS": "give the run-as user the permission that the message names",
	"EXCEEDED_ID_LIMIT":        "ask for fewer records at a time",
	"UNSUPPORTED_MEDIA_TYPE":   "something between here and the org changes requests",
	"FeatureNotEnabled":        "Bulk API 2.0 is not enabled for this org or user",
	"ExceededQuota":            "the org's Bulk API quota of the last 24 hours is used up",
	"TooManyLockFailure":       "other processes hold the records; run again later or with rows of one parent together",
	"INVALIDJOBSTATE":          "the job has already moved on",

	// OAuth.
	"invalid_client":         "check the client secret; a new app takes some minutes until every server knows it",
	"invalid_client_id":      "check the client id and that login_url is the org that holds the app; a new app takes some minutes until every server knows it",
	"inactive_user":          "the run-as user is inactive; choose another in the app's client credentials settings",
	"inactive_org":           "the org is locked, closed or suspended",
	"rate_limit_exceeded":    "too many logins in a short time; wait some minutes",
	"unsupported_grant_type": "enable the client credentials flow in the app's settings",
	"unauthorized_client":    "enable the client credentials flow in the app's settings",
	"OAUTH_APP_BLOCKED":      "an administrator must install and allow the app in this org",
}

type oauthHint struct{ code, part, hint string }

var oauthHints = []oauthHint{
	{"invalid_grant", "not supported on this domain", "the client credentials flow works only on the org's My Domain: set login_url to https://MyDomain.my.salesforce.com"},
	{"invalid_grant", "no client credentials user", "choose a run-as user in the app's client credentials settings"},
	{"invalid_grant", "approved", "pre-authorise the run-as user's profile or permission set in the app's policies"},
	{"invalid_grant", "ip restricted", "allow this machine's address in the app's IP policy or the user's profile"},
	{"access_denied", "", "pre-authorise the run-as user's profile or permission set in the app's policies"},
	{"invalid_grant", "", "check the app's client credentials settings and its run-as user"},
	{"invalid_request", "", "login_url must be the org's My Domain address"},
}
