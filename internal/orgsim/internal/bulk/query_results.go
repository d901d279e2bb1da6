package bulk

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

const (
	pagesAtATime = 5
	// defaultPageRows is a page where the client asks for no size and the org sets none (Bulk API 2.0 guide: get results
	// for a query job, maxRecords).
	defaultPageRows = 50_000
)

// queryJobResults sends a page of the result. The last page's locator is the
// text null.
func (a *API) queryJobResults(c *web.Call) {
	j, rows, ok := a.finishedQuery(c)
	if !ok {
		return
	}
	from, until, refused := a.resultPage(c, j, rows)
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	next := "null"
	if until < rows {
		next = locator(until, j.id)
	}
	c.Entry.Rows = until - from
	header := c.Out.Header()
	header.Set("Content-Type", csvType)
	header.Set("Sforce-NumberOfRecords", strconv.Itoa(until-from))
	header.Set("Sforce-Locator", next)
	c.Out.WriteHeader(http.StatusOK)
	streamRows(c, j, from, until)
}

// finishedQuery finds the job of the path and counts its rows, or answers why
// there are no results. They are read with the version that the job was made
// with.
func (a *API) finishedQuery(c *web.Call) (j *queryJob, rows int, ok bool) {
	if j, ok = ownJob(c, &a.jobs.query); !ok {
		return j, 0, false
	}
	if c.Version != j.version {
		c.Fail(http.StatusConflict, wrongVersion(j.version))
		return j, 0, false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.result == nil {
		c.Fail(http.StatusBadRequest, invalidState("Getting results of a Job that is not complete not allowed"))
		return j, 0, false
	}
	return j, len(j.result.Rows), true
}

// resultPage reads locator and maxRecords. The server may give fewer rows than
// asked for.
func (a *API) resultPage(c *web.Call, j *queryJob, rows int) (from, until int, refused *sferr.Error) {
	query := c.Request.URL.Query()
	if text := query.Get("locator"); text != "" {
		if from, refused = j.from(text, rows); refused != nil {
			return 0, 0, refused
		}
	}
	most := 0
	if text := query.Get("maxRecords"); text != "" {
		var err error
		if most, err = strconv.Atoi(text); err != nil || most < 1 {
			return 0, 0, invalidJob("maxRecords '%s' is not a positive number", text)
		}
	}
	until = a.pageEnd(j, from, rows, most)
	if most > 0 {
		until = min(until, from+min(most, rows-from))
	}
	return from, until, nil
}

// from is the row that a locator of the job's result leads to.
func (j *queryJob) from(text string, rows int) (int, *sferr.Error) {
	from, ok := place(text, j.id)
	if !ok || from >= max(rows, 1) {
		return 0, sferr.New("INVALID_QUERY_LOCATOR", "invalid query locator: %s", text)
	}
	return from, nil
}

// pageEnd is where the page that begins at a row ends, the same each time, when so many rows are asked for, 0 for none in
// particular.
func (a *API) pageEnd(j *queryJob, from, rows, asked int) int {
	size := cmp.Or(a.PageRows, asked, defaultPageRows)
	return from + min(rows-from, a.Pages.Size(size, j.number, uint64(from))) //nolint:gosec // a place is not negative
}

// queryJobPages lists where the next pages of the result are, so that a client
// can read them in parallel (Bulk API 2.0 guide: get parallel results).
func (a *API) queryJobPages(c *web.Call) {
	j, rows, ok := a.finishedQuery(c)
	if !ok {
		return
	}
	from := 0
	if text := c.Request.URL.Query().Get("locator"); text != "" {
		var refused *sferr.Error
		if from, refused = j.from(text, rows); refused != nil {
			c.Fail(http.StatusBadRequest, refused)
			return
		}
	}
	type page struct {
		URL string `json:"resultUrl"`
	}
	answer := struct {
		Pages []page  `json:"resultPages"`
		Next  *string `json:"nextRecordsUrl"`
		Done  bool    `json:"done"`
	}{Done: true}
	for first := true; first || from < rows; first = false { // a result without rows is one page
		if len(answer.Pages) == pagesAtATime {
			next := j.path + "/resultPages?locator=" + locator(from, j.id)
			answer.Next, answer.Done = &next, false
			break
		}
		answer.Pages = append(answer.Pages, page{URL: j.path + "/results?locator=" + locator(from, j.id)})
		from = a.pageEnd(j, from, rows, 0)
	}
	c.JSON(http.StatusOK, answer)
}

func wrongVersion(version string) *sferr.Error {
	return sferr.New("INVALIDVERSION", "the job was created with API version %s; its results must be read with the same", version)
}
