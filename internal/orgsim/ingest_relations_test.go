package orgsim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// setupRelations starts an org with objects that point to each other and two
// users.
func setupRelations(t *testing.T) *testBundle {
	t.Helper()
	s, err := schema.Load("testdata/relations.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return setup(t, orgsim.Config{Schema: s, Users: []orgsim.User{
		{Username: "integration@orgsim.example", LastName: "Integration", Email: "integration@orgsim.example"},
		{Username: "desk@orgsim.example", LastName: "Desk", Email: "desk@mail.example"},
	}})
}

func (b *testBundle) make(object string, fields map[string]string) string {
	b.t.Helper()
	id, err := b.org.Insert(object, fields)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func TestIngestFindsParentsByKey(t *testing.T) {
	t.Parallel()
	b := setupRelations(t)
	account := b.make("Account", map[string]string{"Name": "Acme", "Ext__c": "acme-1"})
	customer := b.make("Customer__c", map[string]string{"Name": "C", "Number__c": "7"})
	id := b.insert(map[string]string{"Key__c": "k"})
	desk := ""
	for user := range b.org.Records("User") {
		if user["Username"] == "desk@orgsim.example" {
			desk = user["Id"]
		}
	}
	const header = "Id,Account.Ext__c,My_Parent__r.Number__c,Owner.Username,ReportsTo.Key__c"
	other := b.insert(map[string]string{"Key__c": "boss"})
	job := b.ingest("update", header+"\n"+id+",ACME-1,7,desk@orgsim.example,boss\n")
	if job.State != "JobComplete" || job.Failed != 0 {
		t.Fatalf("job %+v, %q", job, b.results(job, "failedResults"))
	}
	links := func() map[string]string {
		return map[string]string{
			"AccountId": b.field(id, "AccountId"), "My_Parent__c": b.field(id, "My_Parent__c"),
			"OwnerId": b.field(id, "OwnerId"), "ReportsToId": b.field(id, "ReportsToId"),
		}
	}
	want := map[string]string{"AccountId": account, "My_Parent__c": customer, "OwnerId": desk, "ReportsToId": other}
	if diff := cmp.Diff(want, links()); diff != "" {
		t.Fatal(diff)
	}
	if got := b.results(job, "successfulResults")[1]; got[3] != "ACME-1" || got[4] != "7.0" || got[5] != "desk@orgsim.example" {
		t.Errorf("came back as %q", got)
	}

	// An empty cell leaves the link alone, #N/A takes it away.
	b.ingest("update", header+"\n"+id+",,#N/A,,\n")
	want["My_Parent__c"] = ""
	if diff := cmp.Diff(want, links()); diff != "" {
		t.Error(diff)
	}
}

func TestIngestFindsNoParent(t *testing.T) {
	t.Parallel()
	b := setupRelations(t)
	id := b.insert(nil)
	job := b.ingest("update", "Id,LastName,Account.Ext__c\n"+id+",Changed,nobody\n")
	if job.State != "JobComplete" || job.Processed != 1 || job.Failed != 1 {
		t.Fatalf("job %+v", job)
	}
	got := b.results(job, "failedResults")[1]
	if want := "INVALID_FIELD:Foreign key external ID: nobody not found for field Ext__c in entity Account:--"; got[1] != want {
		t.Errorf("got %q, want %q", got[1], want)
	}
	if got[2] != id || got[4] != "nobody" {
		t.Errorf("the row came back as %q", got)
	}
	if b.field(id, "LastName") != "Doe" {
		t.Error("the row was written all the same")
	}
}

func TestIngestFindsParentsOfSeveralTypes(t *testing.T) {
	t.Parallel()
	b := setupRelations(t)
	lead := b.make("Lead", map[string]string{"LastName": "L", "Company": "C", "Email": "lead@mail.example"})
	task := b.make("Task", map[string]string{"Subject": "Call"})
	job := b.ingest("update", "Id,Lead:Who.Email\n"+task+",Lead@mail.example\n", `"object":"Task"`)
	if job.Failed != 0 || job.State != "JobComplete" {
		t.Fatalf("job %+v, %q", job, b.results(job, "failedResults"))
	}
	record, _ := b.org.Record("Task", task)
	if record["WhoId"] != lead {
		t.Errorf("the task is about %q, want %q", record["WhoId"], lead)
	}
}

func TestIngestRefusesRelationshipColumns(t *testing.T) {
	t.Parallel()
	b := setupRelations(t)
	task := b.make("Task", map[string]string{"Subject": "Call"})
	id := b.insert(nil)
	for _, name := range []string{
		"Account.Name", "Account.Plain__c", "Account.Secret_Key__c", "Account.Id", "Account.Nope__c", "Account.Owner.Username",
		"Account", "AccountId.Ext__c", "My_Parent__c.Number__c", "Hidden_Parent__r.Number__c", "Contacts.Email", "Lead:Account.Ext__c", "Account.", ".Ext__c",
	} {
		job := b.ingest("update", "Id,"+name+"\n"+id+",x\n")
		if want := "InvalidBatch : Field name not found : " + name; job.State != "Failed" || job.ErrorMessage != want {
			t.Errorf("%s: job %+v", name, job)
		}
	}
	for _, name := range []string{"Who.Email", "User:Who.Email", "Account:Who.Email", "Nope:Who.Email", "lead:Who.Nope"} {
		job := b.ingest("update", "Id,"+name+"\n"+task+",x\n", `"object":"Task"`)
		if want := "InvalidBatch : Field name not found : " + name; job.State != "Failed" || job.ErrorMessage != want {
			t.Errorf("%s: job %+v", name, job)
		}
	}
	if job := b.ingest("update", "Id,AccountId,Account.Ext__c\n"+id+",,x\n"); job.ErrorMessage != "InvalidBatch : Duplicate field name : Account.Ext__c" {
		t.Errorf("a link by id and by key: job %+v", job)
	}
}

func TestIngestAssignsOwners(t *testing.T) {
	t.Parallel()
	b := setupRelations(t)
	rule, desk := "", ""
	for r := range b.org.Records("AssignmentRule") {
		rule = r["Id"]
	}
	for user := range b.org.Records("User") {
		if user["Username"] == "desk@orgsim.example" {
			desk = user["Id"]
		}
	}
	for assignment, want := range map[string]bool{"": false, `,"assignmentRuleId":"` + rule + `"`: true} {
		job := b.ingest("insert", "LastName,Company,LeadSource\nA,B,Web\n", `"object":"Lead"`+assignment)
		created := b.results(job, "successfulResults")[1][0]
		record, _ := b.org.Record("Lead", created)
		if assigned := record["OwnerId"] == desk; assigned != want {
			t.Errorf("with %q the lead is %s's", assignment, record["OwnerId"])
		}
		if shown := strings.Contains(b.get(jobs+"/"+job.ID).body, `"assignmentRuleId":"`+rule+`"`); shown != want {
			t.Errorf("with %q the job shows the rule: %t", assignment, shown)
		}
	}
	for _, body := range []string{
		`{"operation":"insert","object":"Contact","assignmentRuleId":"` + rule + `"}`,
		`{"operation":"insert","object":"Case","assignmentRuleId":"` + rule + `"}`,
		`{"operation":"insert","object":"Lead","assignmentRuleId":"` + desk + `"}`,
		`{"operation":"insert","object":"Lead","assignmentRuleId":"x"}`,
	} {
		b.do(http.MethodPost, jobs, body).refused(http.StatusBadRequest, "INVALIDJOB")
	}
	if err := b.org.Delete("AssignmentRule", rule); err != nil {
		t.Fatal(err)
	}
	b.do(http.MethodPost, jobs, `{"operation":"insert","object":"Lead","assignmentRuleId":"`+rule+`"}`).refused(http.StatusBadRequest, "INVALIDJOB")
}

// Bulk API 2.0 has no header that passes a duplicate rule, not even one that only
// alerts (Bulk API 2.0 guide: headers).
func TestIngestIsStoppedByDuplicateRules(t *testing.T) {
	t.Parallel()
	b := setupRelations(t)
	b.make("Customer__c", map[string]string{"Name": "Acme", "Number__c": "1"})
	var job jobInfo
	b.do(http.MethodPost, jobs, `{"operation":"insert","object":"Customer__c"}`, "Sforce-Duplicate-Rule-Header", "allowSave=true").want(http.StatusOK).decode(&job)
	b.upload(job, "Name,Number__c\nAcme,2\nOther,3\n").want(http.StatusCreated)
	b.patchJob(job, "UploadComplete").want(http.StatusOK)
	if done := b.await(jobs+"/"+job.ID, "JobComplete"); done.Processed != 2 || done.Failed != 1 {
		t.Fatalf("job %+v", done)
	}
	if got := b.results(job, "failedResults")[1]; got[1] != "DUPLICATES_DETECTED:Use one of these records?:--" || got[2] != "Acme" {
		t.Errorf("the row came back as %q", got)
	}
}
