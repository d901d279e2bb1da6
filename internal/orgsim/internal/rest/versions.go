package rest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

type version struct {
	Label   string `json:"label"`
	URL     string `json:"url"`
	Version string `json:"version"`
}

// versions lists the API versions; it needs no session.
func versions(c *web.Call) {
	var list []version
	for n := web.OldestVersion; n <= web.NewestVersion; n++ {
		text := strconv.Itoa(n) + ".0"
		list = append(list, version{Label: releaseName(n), URL: "/services/data/v" + text, Version: text})
	}
	c.JSON(http.StatusOK, list)
}

// releaseName is the season that brought a version: three a year, 31.0 having
// been that of summer 2014.
func releaseName(n int) string {
	since := n - web.OldestVersion
	season := []string{"Summer", "Winter", "Spring"}[since%3]
	return season + " '" + strconv.Itoa(14+(since+2)/3)
}

// resources lists what a version offers.
func (a *API) resources(c *web.Call) {
	list := map[string]string{}
	for _, name := range []string{"sobjects", "query", "queryAll", "limits", "composite", "jobs", "tooling"} {
		if name != "composite" || !c.Older(sinceComposite) {
			list[name] = c.Base() + "/" + name
		}
	}
	list["identity"] = c.Origin() + "/id/" + a.Org() + "/" + c.UserID
	c.JSON(http.StatusOK, list)
}

// compositeResources lists what stands below composite.
func (a *API) compositeResources(c *web.Call) {
	list := map[string]string{}
	for name, since := range map[string]int{"batch": sinceBatch, "graph": sinceGraph, "sobjects": sinceCollections} {
		if !c.Older(since) {
			list[name] = c.Base() + "/composite/" + name
		}
	}
	c.JSON(http.StatusOK, list)
}

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
		if len(asked) > 0 && !named {
			continue
		}
		result, err := a.db(c).Query("SELECT COUNT() FROM "+object.Name, store.Scope{View: c.Schema})
		if err != nil {
			c.Fail(http.StatusBadRequest, store.QueryRefusal(err))
			return
		}
		counts = append(counts, count{result.Total, object.Name})
	}
	c.JSON(http.StatusOK, map[string][]count{"sObjects": counts})
}

func (a *API) limits(c *web.Call) { c.JSON(http.StatusOK, a.Quota.Limits()) }
