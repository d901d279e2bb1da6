package rest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

type described struct {
	Children []struct {
		Cascade bool    `json:"cascadeDelete"`
		Object  string  `json:"childSObject"`
		Field   string  `json:"field"`
		Name    *string `json:"relationshipName"`
	} `json:"childRelationships"`
	Fields []struct {
		Name                  string   `json:"name"`
		ReferenceTo           []string `json:"referenceTo"`
		PolymorphicForeignKey bool     `json:"polymorphicForeignKey"`
		Createable            bool     `json:"createable"`
		Updateable            bool     `json:"updateable"`
	} `json:"fields"`
	URLs map[string]string `json:"urls"`
}

func TestChildRelationships(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var got described
	b.get(data + "/sobjects/Account/describe").want(http.StatusOK).decode(&got)
	names := map[string]string{}
	for _, c := range got.Children {
		name := "-"
		if c.Name != nil {
			name = *c.Name
		}
		names[c.Object+"."+c.Field] = name
		cascade := []string{"Part__c.Account__c", "Contact.AccountId", "Opportunity.AccountId", "Task.WhatId"}
		if c.Cascade != slices.Contains(cascade, c.Object+"."+c.Field) {
			t.Errorf("%s.%s: cascadeDelete %t", c.Object, c.Field, c.Cascade)
		}
	}
	want := map[string]string{
		"Account.ParentId": "ChildAccounts", "Contact.AccountId": "Contacts", "Part__c.Account__c": "Spare_Parts__r",
		"Opportunity.AccountId": "Opportunities", "Case.AccountId": "Cases", "Task.WhatId": "Tasks",
	}
	for field, name := range want {
		if names[field] != name {
			t.Errorf("%s is called %q, want %q", field, names[field], name)
		}
	}
	for _, url := range []string{"sobject", "describe", "rowTemplate", "layouts", "compactLayouts", "approvalLayouts", "quickActions", "uiDetailTemplate", "uiEditTemplate", "uiNewRecord"} {
		if got.URLs[url] == "" {
			t.Errorf("no url %s", url)
		}
	}
	b.get(got.URLs["layouts"]).refused(http.StatusNotFound, "NOT_FOUND")
	b.get(got.URLs["layouts"]+"/012000000000000AAA").refused(http.StatusNotFound, "NOT_FOUND")
}

func TestDescribePolymorphic(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var got described
	b.get(data + "/sobjects/Task/describe").want(http.StatusOK).decode(&got)
	for _, f := range got.Fields {
		if f.PolymorphicForeignKey != (len(f.ReferenceTo) > 1) || f.Name == "WhoId" && !f.PolymorphicForeignKey {
			t.Errorf("%s: referenceTo %v, polymorphicForeignKey %t", f.Name, f.ReferenceTo, f.PolymorphicForeignKey)
		}
	}
}

func TestDescribeOnlyIfModified(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{data + "/sobjects", data + "/sobjects/Contact/describe"} {
		first := b.get(path).want(http.StatusOK)
		since := first.header.Get("Last-Modified")
		if a := b.get("/"+path+"/", "If-Modified-Since", since).want(http.StatusNotModified); len(a.body) != 0 {
			t.Errorf("%s: body %s", path, a.body)
		}
		b.get(path, "If-Modified-Since", "Mon, 04 May 2026 03:02:00 GMT").want(http.StatusOK)
		b.get(path, "If-Modified-Since", "yesterday").want(http.StatusOK)
	}
	since := b.get(data + "/sobjects/Contact/describe").header.Get("Last-Modified")
	other := b.get(data + "/sobjects/Account/describe").header.Get("Last-Modified")
	// The clock stands still, and the change shows all the same.
	if err := b.db.AddField("Contact", schema.Field{Name: "New__c", Type: schema.Text}); err != nil {
		t.Fatal(err)
	}
	b.get(data+"/sobjects/Contact/describe", "If-Modified-Since", since).want(http.StatusOK)
	b.get(data+"/sobjects/Account/describe", "If-Modified-Since", other).want(http.StatusNotModified)

	// A lookup elsewhere is a child relationship here.
	if err := b.db.AddField("Contact", schema.Field{Name: "Other__c", Type: schema.Reference, ReferenceTo: []string{"Account"}}); err != nil {
		t.Fatal(err)
	}
	changed := b.get(data+"/sobjects/Account/describe", "If-Modified-Since", other).want(http.StatusOK)

	// No answer is ahead of the clock, and none of the same second hides a change.
	if modified := changed.header.Get("Last-Modified"); modified != other {
		t.Errorf("Last-Modified %s, at %s", modified, other)
	}
	b.get(data+"/sobjects/Account/describe", "If-Modified-Since", other).want(http.StatusOK)
	b.now = b.now.Add(time.Second)
	later := b.get(data+"/sobjects/Account/describe", "If-Modified-Since", other).want(http.StatusOK).header.Get("Last-Modified")
	if later != b.now.Format(http.TimeFormat) {
		t.Errorf("Last-Modified %s, at %s", later, b.now)
	}
	b.get(data+"/sobjects/Account/describe", "If-Modified-Since", later).want(http.StatusNotModified)
	if err := b.db.RemoveField("Contact", "Other__c"); err != nil {
		t.Fatal(err)
	}
	b.get(data+"/sobjects/Account/describe", "If-Modified-Since", later).want(http.StatusOK)
}

// All versions that are listed answer alike; old ones warn, and retired ones are
// gone.
func TestVersions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var statuses []int
	for _, version := range []string{"v20.0", "v30.0", "v31.0", "v40.0", "v41.0", "v60.0", "v67.0", "v68.0", "v60", "60.0"} {
		a := b.get("/services/data/" + version + "/sobjects/Contact/describe")
		statuses = append(statuses, a.status)
		if warned := a.header.Get("Warning") != ""; warned != (version == "v31.0" || version == "v40.0") {
			t.Errorf("%s: Warning %q", version, a.header.Get("Warning"))
		}
	}
	if diff := cmp.Diff([]int{410, 410, 200, 200, 200, 200, 200, 404, 404, 404}, statuses); diff != "" {
		t.Error(diff)
	}
}

func TestMethodsAndPaths(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if a := b.do(http.MethodPut, data+"/sobjects/Contact", ""); a.header.Get("Allow") != "HEAD,GET,POST" {
		t.Errorf("Allow: %q", a.header.Get("Allow"))
	}
	b.do(http.MethodDelete, data+"/sobjects", "").want(http.StatusMethodNotAllowed)
	b.get(data+"/nope").refused(http.StatusNotFound, "NOT_FOUND")
	b.get(data+"/nope", "Authorization", "Bearer bad").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")
	b.get(data+"/sobjects/../sobjects").refused(http.StatusNotFound, "NOT_FOUND")
	b.get("/services/nope").refused(http.StatusNotFound, "NOT_FOUND")
	if a := b.get("/nope").want(http.StatusNotFound); a.header.Get("Content-Type") != "text/html;charset=UTF-8" {
		t.Errorf("Content-Type %q: %s", a.header.Get("Content-Type"), a.body)
	}
	b.do(http.MethodPost, data+"/sobjects/Account", `{"Name":"A"}`, "Content-Type", "application/xml").refused(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE")
	b.do(http.MethodPost, data+"/sobjects/Account", `{"Name":"A"}`, "Content-Encoding", "br").refused(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE")
}
