package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

const (
	guide       = "../../../../templates/guides/simulator.md"
	guideScript = "testdata/script/guide.txtar"
)

// Every command and file that the guide shows and that needs no other program is
// part of the script that runs them.
func TestGuideIsRun(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(guideScript)
	if err != nil {
		t.Fatal(err)
	}
	run := map[string]bool{}
	for line := range strings.Lines(string(script)) {
		if command, ok := strings.CutPrefix(strings.TrimSpace(line), "exec "); ok {
			run[background.ReplaceAllString(command, "")] = true
		}
	}
	shown := 0
	for line := range strings.Lines(string(text)) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ ")
		if !ok || !strings.HasPrefix(command, "orgsim ") && !strings.HasPrefix(command, "curl ") {
			continue
		}
		shown++
		command, _, _ = strings.Cut(background.ReplaceAllString(command, ""), " >")
		if !run[command] {
			t.Errorf("the script does not run: %s", command)
		}
	}
	if shown < 15 {
		t.Errorf("the guide shows %d commands", shown)
	}
	for _, name := range []string{"org.hcl", "faults.hcl", "orgs.hcl"} {
		_, after, found := strings.Cut(string(text), "```hcl\n# "+name+"\n")
		file, _, _ := strings.Cut(after, "```")
		if !found || !strings.Contains(string(script), "-- "+name+" --\n"+file) {
			t.Errorf("the script has another %s", name)
		}
	}
}

// background ends a command that goes on by itself, in a shell or in a script.
var background = regexp.MustCompile(` &(\w+&)?$`)

// consent is the person at the browser: it opens the guide's URL, logs in and
// allows, and puts the code into a variable: consent URL VARIABLE.
func consent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: consent url variable")
	}
	text, err := os.ReadFile(guide)
	ts.Check(err)
	opened := regexp.MustCompile(`(?m)^\$URL(/services/oauth2/authorize\S+)$`).FindSubmatch(text)
	if opened == nil {
		ts.Fatalf("the guide has no URL to open")
	}
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "localhost:1717" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page := visit(ts, browser, args[0]+string(opened[1]), nil)
	page = visit(ts, browser, args[0]+"/login", fill(page, url.Values{"username": {orgsim.DefaultUsername}, "pw": {orgsim.DefaultPassword}}))
	end := visit(ts, browser, args[0]+"/setup/secur/RemoteAccessAuthorizationPage.apexp", fill(page, url.Values{"save": {"Allow"}}))
	back, err := url.Parse(end.location)
	ts.Check(err)
	ts.Setenv(args[1], back.Query().Get("code"))
}

// page is what a browser shows, or where it is sent to.
type page struct{ body, location string }

func visit(ts *testscript.TestScript, browser *http.Client, address string, form url.Values) page {
	request, err := http.NewRequest(http.MethodGet, address, nil) //nolint:noctx // the script's own end ends it
	if form != nil {
		request, err = http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode())) //nolint:noctx // as above
	}
	ts.Check(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := browser.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	var body strings.Builder
	_, err = io.Copy(&body, response.Body)
	ts.Check(err)
	return page{body.String(), response.Header.Get("Location")}
}

// fill adds the hidden fields of the page's form.
func fill(p page, form url.Values) url.Values {
	for _, field := range regexp.MustCompile(`type="hidden" name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(p.body, -1) {
		form.Set(field[1], field[2])
	}
	return form
}
