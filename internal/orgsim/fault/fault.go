package fault

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Action is what a fault does.
type Action string

// The actions. Those up to ChangeOrg strike requests, the job actions strike
// jobs when they are processed, the row actions strike rows as they are written.
const (
	Respond       Action = "respond"        // answer with Status and Body; nothing takes effect
	ResetBefore   Action = "reset_before"   // reset the connection; nothing takes effect
	ResetAfter    Action = "reset_after"    // carry the request out, then reset the connection
	Delay         Action = "delay"          // wait for Delay, then go on
	Hold          Action = "hold"           // wait for Release, then go on
	TruncateBody  Action = "truncate_body"  // carry the request out, send a part of the answer's body
	ExpireSession Action = "expire_session" // end the request's session: 401 INVALID_SESSION_ID
	RevokeRefresh Action = "revoke_refresh" // revoke all refresh tokens and what they gave, then go on
	ChangeOrg     Action = "change_org"     // give the org another id, as a sandbox refresh does, then go on

	FailJob Action = "fail_job" // fail the job after Rows rows, which stay committed
	HoldJob Action = "hold_job" // stop the job after Rows rows until Release

	LockRows    Action = "lock_rows"    // UNABLE_TO_LOCK_ROW
	LockParents Action = "lock_parents" // transactions keep hold of their rows' parents for Delay: rows of others get UNABLE_TO_LOCK_ROW
	RowError    Action = "row_error"    // refuse rows with Code
)

// Fault is one rule. Empty properties match everything; those that the action
// takes no notice of must be empty.
type Fault struct {
	Name   string `json:"name,omitzero"`   // shown in the journal; default: the preset, or else the action
	Preset string `json:"preset,omitzero"` // takes what is empty here from [Preset]

	// Which requests; Path and Kind also say which jobs. A job action without
	// either strikes ingest jobs only.
	Method string            `json:"method,omitzero"` // of the request
	Path   string            `json:"path,omitzero"`   // glob over the URL path, * within a segment and ** across; of jobs: the job's own path
	Kind   string            `json:"kind,omitzero"`   // glob over the kind of call that the journal shows, such as "ingest *"; of jobs: over "ingest" and "bulk query"
	Header map[string]string `json:"header,omitzero"` // globs over the values of headers, by name

	// Which of those that match, in this order.
	After   int `json:"after,omitzero"`   // this many matches pass unharmed first
	Every   int `json:"every,omitzero"`   // then each n-th; 0: each
	Percent int `json:"percent,omitzero"` // of those so many in a hundred, drawn from the org's seed; 0: all
	Times   int `json:"times,omitzero"`   // and no more than so many; 0: any number

	Action Action `json:"action,omitzero"`

	Status      int    `json:"status,omitzero"`       // of Respond
	Body        string `json:"body,omitzero"`         // of Respond
	ContentType string `json:"content_type,omitzero"` // of Respond; default application/json;charset=UTF-8
	RetryAfter  int    `json:"retry_after,omitzero"`  // of Respond: a Retry-After header, in seconds

	Delay Duration `json:"delay,omitzero"` // of Delay and LockParents

	// Of TruncateBody: how much is sent, one of three; none of them: half the body.
	Bytes   int  `json:"bytes,omitzero"`   // so many
	Lines   int  `json:"lines,omitzero"`   // so many lines, as of a CSV file with its header
	Share   int  `json:"share,omitzero"`   // so many in a hundred of the body's bytes
	Orderly bool `json:"orderly,omitzero"` // end the answer as if it were whole, in place of cutting the connection

	Rows    int      `json:"rows,omitzero"`    // of the job actions
	Message string   `json:"message,omitzero"` // of FailJob: the job's errorMessage, default: a Timeout; of RowError: default: what goes with Code
	Code    string   `json:"code,omitzero"`    // of RowError: the statusCode
	Fields  []string `json:"fields,omitzero"`  // of RowError: API names of the fields to blame

	// Which rows, and which object's jobs.
	Object string            `json:"object,omitzero"` // of the row and the job actions: API name
	IDs    []string          `json:"ids,omitzero"`    // of the row actions: ids of records or of their parents; none: every row
	Where  map[string]string `json:"where,omitzero"`  // of the row actions: stored values, by API name of the field; "" is null; text in any case

	Source *Source `json:"-"` // where it stands in a file; nil elsewhere
}

// PropertyError says which property of a fault is wrong; "" is the fault as a whole.
type PropertyError struct {
	Property string
	text     string
}

func (m *PropertyError) Error() string { return m.text }

// Mistaken blames a property for something that only the org can know.
func Mistaken(property string, err error) error {
	return &PropertyError{Property: property, text: err.Error()}
}

func mistake(property, format string, args ...any) error {
	return &PropertyError{Property: property, text: fmt.Sprintf(format, args...)}
}

// Settled returns the fault with its preset's properties where it has none of
// its own and with its defaults, or the [PropertyError] in it.
func (f Fault) Settled() (Fault, error) {
	if f.Preset != "" {
		preset, ok := Preset(f.Preset)
		if !ok {
			return f, mistake("preset", "there is no preset %q%s", f.Preset, reportsync.DidYouMean(f.Preset, Presets()))
		}
		f = f.over(preset)
	}
	if err := f.Check(); err != nil {
		return f, err
	}
	f.Name = cmp.Or(f.Name, f.Preset, string(f.Action))
	if f.Action == RowError && f.Message == "" {
		f.Message = messageOf(f.Code)
	}
	f.IDs = slices.Clone(f.IDs)
	for i, id := range f.IDs {
		full, _ := recordid.Parse(id) // checked above
		f.IDs[i] = full
	}
	return f, nil
}

// Check tells what is wrong with a fault, or returns nil. Presets are not looked
// up: that is [Fault.Settled]'s.
func (f Fault) Check() error {
	if !slices.Contains(actions(), string(f.Action)) {
		if f.Action == "" {
			return mistake("", "a fault needs an action or a preset")
		}
		return mistake("action", "action %q is none of %v%s", f.Action, actions(), reportsync.DidYouMean(string(f.Action), actions()))
	}
	numbers := map[string]int{
		"after": f.After, "every": f.Every, "percent": f.Percent, "times": f.Times, "rows": f.Rows, "delay": int(f.Delay),
		"retry_after": f.RetryAfter, "bytes": f.Bytes, "lines": f.Lines, "share": f.Share,
	}
	for _, property := range slices.Sorted(maps.Keys(numbers)) {
		if numbers[property] < 0 {
			return mistake(property, "%s must not be negative", property)
		}
	}
	for _, check := range []func() error{f.checkApplies, f.checkMatching, f.checkWords} {
		if err := check(); err != nil {
			return err
		}
	}
	switch f.Action {
	case Respond:
		if f.Status < 200 || f.Status > 599 {
			return mistake("status", "status %d: a respond fault needs one from 200 to 599", f.Status)
		}
	case TruncateBody:
		if f.Share > 100 || min(f.Bytes, 1)+min(f.Lines, 1)+min(f.Share, 1) > 1 {
			return mistake("share", "a truncate_body fault has one of bytes, lines and share, and a share of at most 100")
		}
	case RowError:
		if f.Code == "" {
			return mistake("code", "a row_error fault needs a code, such as INVALID_FIELD")
		}
	default:
	}
	return nil
}

func (f Fault) checkMatching() error {
	globs := map[string]string{"path": f.Path, "kind": f.Kind}
	for property, glob := range globs {
		if !doublestar.ValidatePattern(glob) {
			return mistake(property, "%s %q is not a valid glob", property, glob)
		}
	}
	if f.Path != "" && !strings.HasPrefix(f.Path, "/") && !strings.HasPrefix(f.Path, "*") {
		return mistake("path", "path %q matches nothing: paths begin with /", f.Path)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Header)) {
		if !doublestar.ValidatePattern(f.Header[name]) {
			return mistake("header", "header %s: %q is not a valid glob", name, f.Header[name])
		}
	}
	if f.Percent > 100 {
		return mistake("percent", "percent must not be more than 100")
	}
	if strings.ContainsAny(f.Name, "/?#\n") {
		return mistake("name", "name %q must not hold / ? # or a line break", f.Name)
	}
	for _, id := range f.IDs {
		if _, err := recordid.Parse(id); err != nil {
			return mistake("ids", "ids: %q is not a record id of 15 or 18 characters", id)
		}
	}
	return nil
}

func actions() []string {
	return []string{
		string(Respond), string(ResetBefore), string(ResetAfter), string(Delay), string(Hold), string(TruncateBody), string(ExpireSession),
		string(RevokeRefresh), string(ChangeOrg), string(FailJob), string(HoldJob), string(LockRows), string(LockParents), string(RowError),
	}
}

// ofRequests reports whether the action strikes requests.
func (a Action) ofRequests() bool { return !a.ofJobs() && !a.ofRows() }
func (a Action) ofJobs() bool     { return a == FailJob || a == HoldJob }
func (a Action) ofRows() bool     { return a == LockRows || a == LockParents || a == RowError }

// Duration is a time.Duration that JSON writes as text such as "1.5s".
type Duration time.Duration

// MarshalText prints the duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a duration such as "1.5s".
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return errors.New("want a duration such as 1.5s, not " + fmt.Sprintf("%q", text))
	}
	*d = Duration(parsed)
	return nil
}
