package orgsim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// stormClient is one of many that use an org at the same time.
type stormClient struct {
	*testBundle

	token string
	name  string
}

// call sends a request as the client, which logs in again where it has to, and
// complains about what no org may answer.
func (c *stormClient) call(method, path, contentType, body string) *answer {
	for range 10 {
		got, err := c.try(method, path, body, "Content-Type", contentType, "Authorization", "Bearer "+c.token)
		switch {
		case err != nil:
			c.t.Errorf("%s: %s %s: %v", c.name, method, path, err)
			return &answer{t: c.t}
		case got.status == http.StatusUnauthorized:
			c.logIn()
			continue
		case got.status >= http.StatusInternalServerError:
			c.t.Errorf("%s: %s %s: %d %s", c.name, method, path, got.status, got.body)
		}
		return got
	}
	return &answer{t: c.t}
}

func (c *stormClient) logIn() {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret}}
	got, err := c.try(http.MethodPost, "/services/oauth2/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	if err != nil {
		c.t.Errorf("%s: log in: %v", c.name, err)
		return
	}
	c.token = memberOf(got.body, "access_token")
}

func (c *stormClient) json(method, path, body string) *answer {
	return c.call(method, path, "application/json", body)
}

// ended polls until the job has ended or is gone, and returns its state.
func (c *stormClient) ended(path string) string {
	for {
		state := memberOf(c.json(http.MethodGet, path, "").body, "state")
		if !slices.Contains([]string{"UploadComplete", "InProgress"}, state) {
			return state
		}
	}
}

// load runs an ingest job; the result files of one that is still there add up.
func (c *stormClient) load(n int) {
	const rows = 450
	var upload strings.Builder
	upload.WriteString("LastName,Key__c\n")
	for i := range rows {
		fmt.Fprintf(&upload, "%s,%s-%d-%d\n", c.name, c.name, n, i)
	}
	path := jobs + "/" + memberOf(c.json(http.MethodPost, jobs, `{"operation":"upsert","object":"Contact","externalIdFieldName":"Key__c"}`).body, "id")
	c.call(http.MethodPut, path+"/batches", "text/csv", upload.String())
	c.json(http.MethodPatch, path, `{"state":"UploadComplete"}`)
	if n%3 == 2 {
		c.json(http.MethodPatch, path, `{"state":"Aborted"}`)
	}
	if c.ended(path) == "" { // forgotten by a reset
		return
	}
	lines := 0
	for _, file := range []string{"successfulResults", "failedResults", "unprocessedrecords"} {
		got := c.json(http.MethodGet, path+"/"+file, "")
		if got.status != http.StatusOK {
			return // forgotten meanwhile
		}
		lines += strings.Count(got.body, "\n") - 1
	}
	if lines != rows {
		c.t.Errorf("%s: the result files hold %d of %d rows", c.name, lines, rows)
	}
	c.json(http.MethodDelete, path, "")
}

// query runs a query job and reads all its pages.
func (c *stormClient) query(int) {
	path := queryJobs + "/" + memberOf(c.json(http.MethodPost, queryJobs, `{"operation":"queryAll","query":"SELECT Id, LastName, Owner.Name FROM Contact"}`).body, "id")
	if c.ended(path) != "JobComplete" {
		return
	}
	c.json(http.MethodGet, path+"/resultPages", "")
	for locator := ""; locator != "null"; {
		got := c.json(http.MethodGet, path+"/results?locator="+locator, "")
		if got.status != http.StatusOK {
			return
		}
		if announced := got.header.Get("Sforce-NumberOfRecords"); announced != strconv.Itoa(strings.Count(got.body, "\n")-1) {
			c.t.Errorf("%s: %s records announced, %d sent", c.name, announced, strings.Count(got.body, "\n")-1)
		}
		locator = got.header.Get("Sforce-Locator")
	}
	c.json(http.MethodGet, queryJobs, "")
}

// write uses REST.
func (c *stormClient) write(n int) {
	created := c.json(http.MethodPost, data+"/sobjects/Contact", `{"LastName":"`+c.name+`"}`)
	path := data + "/sobjects/Contact/" + memberOf(created.body, "id")
	c.json(http.MethodPatch, path, `{"Title":"`+strconv.Itoa(n)+`"}`)
	c.json(http.MethodPost, data+"/composite/sobjects", `{"records":[`+contact(`"LastName":"A"`)+`,`+contact(`"LastName":"B"`)+`]}`)
	c.json(http.MethodGet, data+"/query?q="+url.QueryEscape("SELECT Id, Title FROM Contact ORDER BY Title LIMIT 50"), "")
	c.json(http.MethodGet, data+"/sobjects/Contact/describe", "")
	c.json(http.MethodDelete, path, "")
}

func TestManyClientsAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{BulkPageRows: 100})
	var storm sync.WaitGroup
	for i := range 3 {
		for name, act := range map[string]func(*stormClient, int){"load": (*stormClient).load, "query": (*stormClient).query, "write": (*stormClient).write} {
			client := &stormClient{testBundle: b, name: name + strconv.Itoa(i)}
			storm.Go(func() {
				client.logIn()
				for n := range 8 {
					act(client, n)
					if client.name == "write0" && n%3 == 2 {
						if err := b.org.Reset(n == 5); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
	}
	storm.Wait()
	b.login()
	var found struct {
		Total int `json:"totalSize"`
	}
	b.query("SELECT COUNT() FROM Contact").want(http.StatusOK).decode(&found)
	kept := 0
	for range b.org.Records("Contact") {
		kept++
	}
	if found.Total != kept {
		t.Errorf("a query counts %d contacts, the org holds %d", found.Total, kept)
	}
}
