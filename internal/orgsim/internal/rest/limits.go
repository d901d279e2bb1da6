package rest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// limits tells what is left of the daily ones.
func (a *API) limits(c *web.Call) { c.JSON(http.StatusOK, a.Quota.Limits()) }

// recordCount counts the records of the named objects, or of all (REST API
// guide: record count).
func (a *API) recordCount(c *web.Call) {
	type count struct {
		Count int    `json:"count"`
		Name  string `json:"name"`
	}
	asked := separated(c.Request.URL.Query().Get("sObjects"))
	counts := []count{}
	for _, object := range c.Schema.Objects() {
		named := slices.ContainsFunc(asked, func(name string) bool { return strings.EqualFold(name, object.Name) })
		if len(asked) == 0 || named {
			counts = append(counts, count{a.db(c).Count(object.Name), object.Name})
		}
	}
	c.JSON(http.StatusOK, map[string][]count{"sObjects": counts})
}
