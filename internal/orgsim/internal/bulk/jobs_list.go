package bulk

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// anyJob is a job of either kind.
type anyJob interface {
	comparable
	base() *job
}

func (j *job) base() *job { return j }

// jobOf finds the job of the path in one of the lists, or answers 404.
func jobOf[J anyJob](a *API, c *web.Call, list *[]J) (J, bool) {
	id, err := recordid.Parse(c.Request.PathValue("id"))
	a.jobs.mu.Lock()
	defer a.jobs.mu.Unlock()
	for _, j := range *list {
		if err == nil && j.base().id == id {
			return j, true
		}
	}
	c.NotFound()
	var none J
	return none, false
}

// deleteJob takes the job of the path out of its list.
func deleteJob[J anyJob](a *API, c *web.Call, list *[]J) {
	j, ok := jobOf(a, c, list)
	if !ok {
		return
	}
	if refused := j.base().deletable(); refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	j.base().end()
	a.jobs.mu.Lock()
	*list = slices.DeleteFunc(*list, func(other J) bool { return other == j })
	a.jobs.mu.Unlock()
	c.NoContent()
}

// listing answers one page of jobs.
func listing[J any](c *web.Call, all []J, path string, info func(J) jobInfo) {
	from := 0
	if locator := c.Request.URL.Query().Get("queryLocator"); locator != "" {
		text, err := base64.RawURLEncoding.DecodeString(locator)
		if err == nil {
			from, err = strconv.Atoi(string(text))
		}
		if err != nil || from < 0 || from > len(all) {
			c.Fail(http.StatusBadRequest, sferr.New("INVALID_QUERY_LOCATOR", "invalid query locator"))
			return
		}
	}
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
		next := c.Base() + path + "?queryLocator=" + base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(until)))
		page.Next = &next
	}
	c.Entry.Rows = len(page.Records)
	c.JSON(http.StatusOK, page)
}
