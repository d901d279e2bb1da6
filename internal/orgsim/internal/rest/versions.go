package rest

import (
	"net/http"
	"strconv"

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
