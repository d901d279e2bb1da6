package rest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// tagged is the one object whose records have ETags (REST API guide: conditional
// request headers).
const tagged = "Account"

// conditions are what a request makes of a record's version before it goes on; nil
// is no condition.
type conditions struct {
	match, noneMatch               []string // ETags as they were sent, or "*"
	modifiedSince, unmodifiedSince *time.Time
}

// readConditions takes the conditions that it can read, and tells of the first
// header that Salesforce would refuse on a write.
func readConditions(header http.Header, object *schema.Object) (conditions, *sferr.Error) {
	var when conditions
	var refused [4]*sferr.Error
	when.match, refused[0] = tagCondition(header, "If-Match", object)
	when.noneMatch, refused[1] = tagCondition(header, "If-None-Match", object)
	when.modifiedSince, refused[2] = dateCondition(header, "If-Modified-Since")
	when.unmodifiedSince, refused[3] = dateCondition(header, "If-Unmodified-Since")
	return when, cmp.Or(refused[:]...)
}

func tagCondition(header http.Header, name string, object *schema.Object) ([]string, *sferr.Error) {
	sent := header.Values(name)
	if len(sent) == 0 {
		return nil, nil
	}
	text := strings.Join(sent, ",")
	if object.Name != tagged {
		return nil, malformedHeader(name, text, "a condition for a "+object.Name+" record: only "+tagged+" records have ETags")
	}
	if strings.TrimSpace(text) == "*" {
		return []string{"*"}, nil
	}
	if !tagList.MatchString(text) {
		return nil, malformedHeader(name, text, "* or a list of ETags in double quotes")
	}
	return oneTag.FindAllString(text, -1), nil
}

func dateCondition(header http.Header, name string) (*time.Time, *sferr.Error) {
	if len(header.Values(name)) == 0 {
		return nil, nil
	}
	text := header.Get(name)
	at, err := http.ParseTime(text)
	if err != nil {
		return nil, malformedHeader(name, text, "a date such as "+http.TimeFormat)
	}
	return &at, nil
}

// entityTag is one ETag (RFC 9110 section 8.8.3).
const entityTag = `(?:W/)?"[!#-~\x{80}-\x{10FFFF}]*"`

var (
	oneTag  = regexp.MustCompile(entityTag)
	tagList = regexp.MustCompile(`^\s*` + entityTag + `(?:\s*,\s*` + entityTag + `)*\s*$`)
)

// any reports whether there is a condition at all.
func (w *conditions) any() bool {
	return w.match != nil || w.noneMatch != nil || w.modifiedSince != nil || w.unmodifiedSince != nil
}

// validators are what conditions compare a record's version by (RFC 9110 section 8.8).
type validators struct {
	tag      string
	modified time.Time
}

// validatorsOf reads them off a record. The ETag is a hash of the whole content:
// SystemModstamp alone does not tell two writes of one second apart.
func validatorsOf(object *schema.Object, row store.Row) *validators {
	sum := sha256.Sum256([]byte(row))
	v := &validators{tag: `"` + base64.StdEncoding.EncodeToString(sum[:20]) + `"`}
	if field, ok := object.AnyField("LastModifiedDate"); ok {
		v.modified, _ = value.Time(row.At(field)) // the store wrote it
	}
	return v
}

// unmet is the status that refuses the request, or 0 where it may go on, in the
// order of RFC 9110 section 13.2.2: an ETag outdoes the date of its kind. A record
// that does not exist yet (nil) has no ETag and has never been modified.
func (w *conditions) unmet(method string, v *validators) int {
	switch {
	case w.match != nil:
		if v == nil || !slices.Contains(w.match, "*") && !slices.Contains(w.match, v.tag) {
			return http.StatusPreconditionFailed
		}
	case w.unmodifiedSince != nil && v != nil && v.modified.After(*w.unmodifiedSince):
		return http.StatusPreconditionFailed
	}
	same := false
	switch {
	case v == nil:
	case w.noneMatch != nil:
		same = slices.ContainsFunc(w.noneMatch, func(tag string) bool { return tag == "*" || strings.TrimPrefix(tag, "W/") == v.tag })
	case w.modifiedSince != nil:
		same = !v.modified.After(*w.modifiedSince)
	}
	switch {
	case !same:
		return 0
	case method == http.MethodGet || method == http.MethodHead:
		return http.StatusNotModified
	}
	return http.StatusPreconditionFailed
}

// unneeded answers a read whose conditions the record does not meet. What it
// cannot read of them it passes over, as HTTP wants it.
func unneeded(c *web.Call, object *schema.Object, row store.Row) bool {
	when, _ := readConditions(c.Request.Header, object)
	v := validatorsOf(object, row)
	if object.Name == tagged {
		c.Out.Header().Set("ETag", v.tag)
	}
	switch when.unmet(c.Request.Method, v) {
	case http.StatusNotModified:
		c.Out.WriteHeader(http.StatusNotModified)
	case http.StatusPreconditionFailed:
		preconditionFailed(c)
	default:
		return false
	}
	return true
}

func preconditionFailed(c *web.Call) {
	c.Fail(http.StatusPreconditionFailed, sferr.New("PRECONDITION_FAILED", "The record does not meet a condition of the request's headers"))
}

// applyWhen writes the row if its record meets the conditions, and reports whether
// it did. Nobody writes between the one and the other.
func (a *API) applyWhen(c *web.Call, when conditions, actor store.Actor, m store.Mutation) (outcome store.Outcome, met bool) {
	db := a.db(c)
	if when.any() && c.Unit == nil {
		unit := a.DB.Begin()
		defer unit.Rollback()
		defer func() {
			if met && outcome.Err == nil {
				unit.Commit()
			}
		}()
		db = a.DB.In(unit)
	}
	if v, known := current(db, &m); known && when.unmet(c.Request.Method, v) != 0 {
		return outcome, false
	}
	return db.Apply(actor, true, []store.Mutation{m})[0], true
}

// current is the version of the record that the mutation is to change, nil for one
// that it is to create. It is not known of a record that is gone: that the write
// itself refuses.
func current(db *store.DB, m *store.Mutation) (v *validators, known bool) {
	id := m.ID
	if m.Op == store.Upsert {
		ids, err := db.Matches(m.Object, m.Key, m.Cells[0].Text)
		if err != nil || len(ids) > 1 {
			return nil, false
		}
		id = strings.Join(ids, "")
	}
	if id == "" {
		return nil, true
	}
	row, ok := db.Row(m.Object.Name, id)
	if !ok || db.Deleted(m.Object.Name, row) {
		return nil, false
	}
	return validatorsOf(m.Object, row), true
}
