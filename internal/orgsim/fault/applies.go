package fault

import (
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// The kinds of jobs that the Kind of a job action is matched against.
const (
	ingestJobs = "ingest"
	queryJobs  = "bulk query"
)

// selectors are the properties by which faults of one sort choose what they
// strike; effects are those that say what an action does.
var (
	requestSelectors = []string{"header", "kind", "method", "path"}
	jobSelectors     = []string{"kind", "object", "path"}
	rowSelectors     = []string{"ids", "object", "where"}

	effects = map[Action][]string{
		Respond:      {"body", "content_type", "retry_after", "status"},
		Delay:        {"delay"},
		TruncateBody: {"bytes", "lines", "orderly", "share"},
		FailJob:      {"message", "rows"},
		HoldJob:      {"rows"},
		LockParents:  {"delay"},
		RowError:     {"code", "fields", "message"},
	}
	general = []string{"action", "after", "every", "percent", "preset", "times"}
)

// checkApplies refuses properties that the action takes no notice of: a fault
// that was meant for little would otherwise strike everything.
func (f Fault) checkApplies() error {
	selectors, what := requestSelectors, "requests"
	switch {
	case f.Action.ofJobs():
		selectors, what = jobSelectors, "jobs"
	case f.Action.ofRows():
		selectors, what = rowSelectors, "rows"
	}
	properties := properties(&f)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if empty(properties[name]) || slices.Contains(general, name) || slices.Contains(selectors, name) || slices.Contains(effects[f.Action], name) {
			continue
		}
		return mistake(name, "%s does not go with action %s, which strikes %s and takes %s",
			name, f.Action, what, strings.Join(slices.Concat(selectors, effects[f.Action]), ", "))
	}
	return nil
}

// empty reports whether a property, given by its place, is not set.
func empty(property any) bool {
	v := reflect.ValueOf(property).Elem()
	if kind := v.Kind(); kind == reflect.Map || kind == reflect.Slice {
		return v.Len() == 0
	}
	return v.IsZero()
}

var (
	methods    = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
	statusCode = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

// checkWords refuses what nothing can ever match, or no answer ever hold.
func (f Fault) checkWords() error {
	if method := strings.ToUpper(f.Method); method != "" && !slices.Contains(methods, method) {
		return mistake("method", "method %q is none of %s%s", f.Method, strings.Join(methods, ", "), reportsync.DidYouMean(method, methods))
	}
	if f.Code != "" && !statusCode.MatchString(f.Code) {
		return mistake("code", "code %q is not a statusCode such as INVALID_FIELD", f.Code)
	}
	if f.Action.ofJobs() && f.Kind != "" && !MatchesKind(f.Kind, ingestJobs) && !MatchesKind(f.Kind, queryJobs) {
		return mistake("kind", "kind %q matches no kind of job: there are %q and %q", f.Kind, ingestJobs, queryJobs)
	}
	return nil
}

// MatchesKind reports whether a glob, as in [Fault].Kind, matches a kind.
func MatchesKind(glob, kind string) bool { return doublestar.MatchUnvalidated(glob, kind) }
