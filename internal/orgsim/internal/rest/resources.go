package rest

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

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
