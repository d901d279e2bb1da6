//go:build clients

package clients_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// The parts of a page's form, as far as a browser's user fills them in.
var (
	formTag   = regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	fieldTag  = regexp.MustCompile(`(?is)<(input|button)\b([^>]*)>`)
	attribute = regexp.MustCompile(`(?is)([a-z-]+)="([^"]*)"`)
)

// allow does what a person does in a browser: opens the address, logs in, allows
// the access, and is sent to the redirect address, whose parameters it returns.
func (b *testBundle) allow(address, redirect string) url.Values {
	b.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	var callback url.Values
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect+"?") {
			callback = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, nil)
	// The page to log in, the page to allow, and one to spare.
	for range 3 {
		if err != nil {
			b.t.Fatal(err)
		}
		page, text := b.open(browser, request)
		if callback != nil {
			return callback
		}
		request, err = b.fillIn(page, text)
	}
	b.t.Fatalf("the browser was not sent to %s but to %s", redirect, request.URL)
	return nil
}

// open sends a request and returns where the browser ended up and what it shows.
func (b *testBundle) open(browser *http.Client, request *http.Request) (*url.URL, string) {
	b.t.Helper()
	response, err := browser.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		b.t.Fatalf("%s %s: %s: %s", request.Method, request.URL.Path, response.Status, text)
	}
	return response.Request.URL, string(text)
}

// fillIn fills in a page's first form as the integration user, who allows
// everything.
func (b *testBundle) fillIn(page *url.URL, text string) (*http.Request, error) {
	b.t.Helper()
	form := formTag.FindStringSubmatch(text)
	if form == nil {
		b.t.Fatalf("%s has no form: %s", page.Path, text)
	}
	action, err := page.Parse(attributes(form[1])["action"])
	if err != nil {
		return nil, err
	}
	values, pressed := url.Values{}, false
	for _, tag := range fieldTag.FindAllStringSubmatch(form[2], -1) {
		field := attributes(tag[2])
		name, value, kind := field["name"], field["value"], strings.ToLower(field["type"])
		switch {
		case kind == "submit" || strings.EqualFold(tag[1], "button"):
			if pressed || strings.Contains(strings.ToLower(name+value), "deny") {
				continue
			}
			pressed = true
		case kind == "password":
			value = orgsim.DefaultPassword
		case kind != "hidden" && value == "":
			value = orgsim.DefaultUsername
		}
		if name != "" {
			values.Set(name, value)
		}
	}
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, action.String(), strings.NewReader(values.Encode()))
	if err == nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request, err
}

func attributes(tag string) map[string]string {
	found := map[string]string{}
	for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
		found[strings.ToLower(a[1])] = html.UnescapeString(a[2])
	}
	return found
}
