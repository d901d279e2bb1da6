package bulk

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

const jobsPage = 1_000 // of a listing

// jobOf finds the job of the path, or answers 404.
func jobOf[J anyJob](c *web.Call, of *registry[J]) (J, bool) {
	if id, err := recordid.Parse(c.Request.PathValue("id")); err == nil {
		if j, ok := of.find(id); ok {
			return j, true
		}
	}
	c.NotFound()
	var none J
	return none, false
}

// ownJob is jobOf for what only the job's creator may do (Bulk API 2.0 guide:
// errors, InvalidUser).
func ownJob[J anyJob](c *web.Call, of *registry[J]) (J, bool) {
	j, ok := jobOf(c, of)
	if ok && j.base().createdBy != c.UserID {
		c.Fail(http.StatusBadRequest, sferr.New("INVALIDUSER", "the job was created by another user"))
		return j, false
	}
	return j, ok
}

// deleteJob forgets the job of the path.
func deleteJob[J anyJob](c *web.Call, of *registry[J]) {
	j, ok := ownJob(c, of)
	if !ok {
		return
	}
	if refused := j.base().retire(); refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	of.remove(j)
	c.NoContent()
}

// listing answers one page of jobs, all of which are of one type.
func listing[J anyJob](c *web.Call, all []J, path, jobType string, info func(J) jobInfo) {
	query := c.Request.URL.Query()
	none, refused := filtered(query, jobType)
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	if none {
		all = nil
	}
	from, ok := 0, true
	if locator := query.Get("queryLocator"); locator != "" {
		from, ok = place(locator, listLocators)
	}
	if !ok {
		c.Fail(http.StatusBadRequest, sferr.New("INVALID_QUERY_LOCATOR", "invalid query locator"))
		return
	}
	from = min(from, len(all)) // jobs may have been deleted since
	until := min(len(all), from+jobsPage)
	page := struct {
		Done    bool      `json:"done"`
		Records []jobInfo `json:"records"`
		Next    *string   `json:"nextRecordsUrl"`
	}{Done: until == len(all), Records: []jobInfo{}}
	for _, j := range all[from:until] {
		page.Records = append(page.Records, info(j))
	}
	if !page.Done {
		query.Set("queryLocator", locator(until, listLocators))
		next := c.Base() + path + "?" + query.Encode()
		page.Next = &next
	}
	c.Entry.Rows = len(page.Records)
	c.JSON(http.StatusOK, page)
}

// filtered reads the filters of a listing; none tells that no job of the type
// passes them.
func filtered(query url.Values, jobType string) (none bool, refused *sferr.Error) {
	wanted, refused := choice("jobType", query.Get("jobType"), jobType, typeClassic, typeIngest, typeQuery, "BigObjectIngest")
	if refused != nil {
		return false, refused
	}
	chunked, refused := choice("isPkChunkingEnabled", strings.ToLower(query.Get("isPkChunkingEnabled")), "false", "true")
	if refused != nil {
		return false, refused
	}
	mode, refused := choice("concurrencyMode", strings.ToLower(query.Get("concurrencyMode")), "parallel", "serial")
	// Chunking by primary key is a property of Classic jobs alone, and no mode but
	// parallel is supported (Bulk API 2.0 guide: get information about all jobs).
	return wanted != jobType || chunked == "true" || mode == "serial", refused
}
