package orgsim

import (
	"net/http"
	"strconv"
)

type version struct {
	Label   string `json:"label"`
	URL     string `json:"url"`
	Version string `json:"version"`
}

// versions lists the API versions; it needs no session.
func (o *Org) versions(c *call) {
	var list []version
	for n := oldestVersion; n <= newestVersion; n++ {
		text := strconv.Itoa(n) + ".0"
		list = append(list, version{Label: releaseName(n), URL: "/services/data/v" + text, Version: text})
	}
	c.json(http.StatusOK, list)
}

// releaseName is the season that brought a version: three a year, 31.0 having
// been that of summer 2014.
func releaseName(n int) string {
	since := n - oldestVersion
	season := []string{"Summer", "Winter", "Spring"}[since%3]
	return season + " '" + strconv.Itoa(14+(since+2)/3)
}

// resources lists what a version offers.
func (o *Org) resources(c *call) {
	list := map[string]string{}
	for _, name := range []string{"sobjects", "query", "queryAll", "limits", "composite", "jobs"} {
		list[name] = c.base() + "/" + name
	}
	list["identity"] = c.origin() + "/id/" + o.id + "/" + c.session.userID
	c.json(http.StatusOK, list)
}

func (o *Org) limits(c *call) { c.json(http.StatusOK, o.usage.limits()) }
