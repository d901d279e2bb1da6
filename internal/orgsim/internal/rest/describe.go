package rest

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sobject"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// describeGlobal lists the objects.
func (a *API) describeGlobal(c *web.Call) {
	a.answerDescription(c, "", func(base, _ string) any { return sobject.Global(base, c.Schema) })
}

// basicInfo is the short description of an object.
func (a *API) basicInfo(c *web.Call) {
	if object, ok := pathObject(c); ok {
		c.JSON(http.StatusOK, map[string]any{"objectDescribe": sobject.Summary(c.Base(), object), "recentItems": []any{}})
	}
}

// describe is the long one, with all fields that the user may see.
func (a *API) describe(c *web.Call) {
	if object, ok := pathObject(c); ok {
		a.answerDescription(c, object.Name, func(base, origin string) any { return sobject.Describe(base, origin, c.Schema, object) })
	}
}

// answerDescription answers what of returns, or 304 where the client has it. The
// name is that of the object, or empty for the list of all.
func (a *API) answerDescription(c *web.Call, name string, of func(base, origin string) any) {
	if !a.unchanged(c, name, func() []byte { return web.AppendJSON(nil, of("", "")) }) {
		c.JSON(http.StatusOK, of(c.Base(), c.Origin()))
	}
}

// pathObject finds the object of the path, or answers 404.
func pathObject(c *web.Call) (*schema.Object, bool) {
	object, ok := c.Schema.Object(c.Request.PathValue("object"))
	if !ok {
		c.Fail(http.StatusNotFound, sferr.NotFound())
	}
	return object, ok
}
