package tooling

import (
	"net/http"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// fieldRequest is the body of a create, and of a change, where FullName may be
// left out.
type fieldRequest struct {
	Attributes any       `json:"attributes"`
	FullName   string    `json:"FullName"`
	Metadata   *metadata `json:"Metadata"`
}

// saved is the answer to a create.
type saved struct {
	ID       string   `json:"id"`
	Success  bool     `json:"success"`
	Errors   []string `json:"errors"`
	Warnings []string `json:"warnings"`
	Infos    []string `json:"infos"`
}

// createField makes a custom field that nobody sees yet.
func (a *API) createField(c *web.Call) {
	var request fieldRequest
	if !a.permitted(c) || !c.ReadJSON(&request) {
		return
	}
	a.changing.Lock()
	defer a.changing.Unlock()
	object, name, refused := a.named(request.FullName)
	if refused == nil {
		refused = a.add(object, name, &request)
	}
	if refused != nil {
		if refused.Code == "DUPLICATE_DEVELOPER_NAME" {
			refused = sferr.On([]string{"DeveloperName"}, refused.Code, "There is already a field named %s on %s.", strings.TrimSuffix(name, "__c"), object.Label)
		}
		c.Refuse(refused)
		return
	}
	s := a.catalog.follow()
	grown, _ := s.Object(object.Name)
	at, _ := grown.AnyField(name)
	made := place{object.Name, at}
	id, ok := a.catalog.idOf(made)
	if !ok { // removed again by another request
		c.NotFound()
		return
	}
	a.catalog.define(made, request.Metadata)
	c.Out.Header().Set("Location", base(c)+"/sobjects/"+customField+"/"+id)
	c.JSON(http.StatusCreated, saved{ID: id, Success: true, Errors: []string{}, Warnings: []string{}, Infos: []string{}})
}

// add makes the field of a request that names its object and itself.
func (a *API) add(object *schema.Object, name string, request *fieldRequest) *sferr.Error {
	f, refused := request.definition(name)
	if refused != nil {
		return refused
	}
	if f.Type == schema.MasterDetail && !object.Custom() {
		return sferr.Integrity("type", "A standard object cannot be on the detail side of a master-detail relationship: %s", object.Name)
	}
	if refused := a.relationshipFree(request.Metadata, place{object.Name, -1}); refused != nil {
		return refused
	}
	return a.DB.AddField(object.Name, f)
}

// changeField gives a field the definition that is sent, which is a whole one.
func (a *API) changeField(c *web.Call) {
	if !a.permitted(c) {
		return
	}
	object, p, ok := a.pathField(c)
	if !ok {
		return
	}
	f := &object.Fields[p.field]
	var request fieldRequest
	if !c.ReadJSON(&request) {
		return
	}
	if request.FullName != "" && !strings.EqualFold(request.FullName, owner(object)+"."+f.Name) {
		c.Refuse(sferr.Integrity("FullName", "the simulated org does not rename fields: %s is not %s.%s", request.FullName, owner(object), f.Name))
		return
	}
	a.changing.Lock()
	defer a.changing.Unlock()
	changed, refused := request.definition(f.Name)
	if refused == nil {
		refused = a.relationshipFree(request.Metadata, p)
	}
	if refused == nil {
		refused = a.DB.ChangeField(object.Name, changed)
	}
	if refused != nil {
		c.Refuse(refused)
		return
	}
	a.catalog.follow()
	a.catalog.define(p, request.Metadata)
	c.NoContent()
}

func (a *API) deleteField(c *web.Call) {
	if !a.permitted(c) {
		return
	}
	object, p, ok := a.pathField(c)
	if !ok {
		return
	}
	if refused := a.DB.RemoveField(object.Name, object.Fields[p.field].Name); refused != nil {
		c.Refuse(refused)
		return
	}
	a.catalog.follow()
	c.NoContent()
}

// readField answers the record with the field's definition.
func (a *API) readField(c *web.Call) {
	object, p, ok := a.pathField(c)
	if !ok {
		return
	}
	f := &object.Fields[p.field]
	id, _ := a.catalog.idOf(p) // as found: the path may have 15 characters
	c.Entry.Rows = 1
	c.JSON(http.StatusOK, map[string]any{
		"attributes": map[string]string{"type": customField, "url": base(c) + "/sobjects/" + customField + "/" + id},
		"Id":         id, "DeveloperName": strings.TrimSuffix(f.Name, "__c"), "FullName": owner(object) + "." + f.Name,
		"TableEnumOrId": owner(object), "EntityDefinitionId": object.Name, "NamespacePrefix": nil,
		"ManageableState": "unmanaged", "Metadata": a.catalog.definition(p, f),
	})
}

func (r *fieldRequest) definition(name string) (schema.Field, *sferr.Error) {
	if r.Metadata == nil {
		return schema.Field{}, sferr.On([]string{"Metadata"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Metadata]")
	}
	return r.Metadata.field(name)
}

// named finds the object of a full name, such as Contact.Status__c. Fields of
// tasks belong to Activity.
func (a *API) named(fullName string) (*schema.Object, string, *sferr.Error) {
	if fullName == "" {
		return nil, "", sferr.On([]string{"FullName"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [FullName]")
	}
	on, name, _ := strings.Cut(fullName, ".")
	switch {
	case strings.EqualFold(on, activity):
		on = task
	case strings.EqualFold(on, task):
		return nil, "", sferr.Integrity("FullName", "custom fields of Task are defined on Activity")
	}
	object, ok := a.DB.Schema().Object(on)
	if !ok || !object.Customizable() {
		return nil, "", sferr.On([]string{"FullName"}, "INVALID_FIELD", "The object of '%s' does not exist or takes no custom fields", fullName)
	}
	developer, custom := strings.CutSuffix(name, "__c")
	if !custom {
		return nil, "", sferr.On([]string{"FullName"}, "INVALID_FIELD", "The API name of a custom field ends in __c: '%s'", fullName)
	}
	if schema.TextLength(developer) > schema.MaxName {
		return nil, "", tooLong("FullName", "Field Name", developer, schema.MaxName)
	}
	return object, name, nil
}

// Tasks share their custom fields with events: both are activities.
const (
	activity = "Activity"
	task     = "Task"
)

// owner is what a custom field's full name begins with.
func owner(o *schema.Object) string {
	if o.Name == task {
		return activity
	}
	return o.Name
}

func (a *API) pathField(c *web.Call) (*schema.Object, place, bool) {
	s := a.catalog.follow()
	p, ok := a.catalog.find(c.Request.PathValue("id"))
	if !ok {
		c.NotFound()
		return nil, place{}, false
	}
	object, _ := s.Object(p.object)
	return object, p, true
}

func (a *API) permitted(c *web.Call) bool {
	if a.MayCustomize(c.UserID) {
		return true
	}
	c.Fail(http.StatusForbidden, sferr.New("INSUFFICIENT_ACCESS", "insufficient access rights: the user lacks the permission Customize Application"))
	return false
}
