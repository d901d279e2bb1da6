package orgsim_test

import (
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// person is somebody with a browser that follows redirects but those to a
// callback.
type person struct {
	t      *testing.T
	client *http.Client
	base   string
}

func newPerson(t *testing.T, base string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{t: t, base: base}
	p.client = &http.Client{
		Jar: jar, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(r *http.Request, _ []*http.Request) error {
			if !strings.HasPrefix(r.URL.String(), base) {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
	return p
}

// view is what a browser shows: a page, or a callback that it was sent to.
type view struct {
	answer

	at       string     // path of the page
	callback url.Values // parameters
}

func (p *person) send(request *http.Request) *view {
	p.t.Helper()
	response, err := p.client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	v := &view{answer: answer{t: p.t, status: response.StatusCode, header: response.Header, body: string(text)}, at: response.Request.URL.Path}
	if location := response.Header.Get("Location"); location != "" {
		if !strings.HasPrefix(location, callback) {
			p.t.Fatalf("redirected to %s", location)
		}
		to, err := url.Parse(location)
		if err != nil {
			p.t.Fatal(err)
		}
		v.callback = to.Query()
	}
	return v
}

func (p *person) authorize(changes ...string) *view {
	p.t.Helper()
	return p.open("/services/oauth2/authorize?" + authorization(changes...).Encode())
}

func (p *person) open(path string) *view {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.base+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.send(request)
}

var (
	formAction = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	formHidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// submit fills the page's form in and sends it, hidden fields included.
func (p *person) submit(on *view, fields url.Values) *view {
	p.t.Helper()
	action := formAction.FindStringSubmatch(on.body)
	if action == nil {
		p.t.Fatalf("status %d and no form: %s", on.status, on.body)
	}
	form := url.Values{}
	for _, hidden := range formHidden.FindAllStringSubmatch(on.body, -1) {
		form.Set(hidden[1], html.UnescapeString(hidden[2]))
	}
	maps.Copy(form, fields)
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.base+html.UnescapeString(action[1]), strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.send(request)
}

func (p *person) login(on *view, username, password string) *view {
	p.t.Helper()
	return p.submit(on, url.Values{"username": {username}, "pw": {password}, "Login": {"Log In"}})
}

func (p *person) allow(on *view) *view {
	p.t.Helper()
	return p.submit(on, url.Values{"save": {" Allow "}})
}

// code goes the whole way as the default user and returns the code.
func (p *person) code(changes ...string) string {
	p.t.Helper()
	v := p.authorize(changes...)
	if v.at == "/login" {
		v = p.login(v, orgsim.DefaultUsername, orgsim.DefaultPassword)
	}
	if v.callback == nil {
		v = p.allow(v)
	}
	if v.callback.Get("code") == "" {
		p.t.Fatalf("no code: status %d, callback %v, body %s", v.status, v.callback, v.body)
	}
	return v.callback.Get("code")
}

func TestCodeFlow(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	p := newPerson(t, b.server.URL)
	login := p.authorize("login_hint", `"><b>`+orgsim.DefaultUsername)
	if login.status != http.StatusOK || login.at != "/login" || !strings.Contains(login.body, `value="&#34;&gt;&lt;b&gt;integration@`) {
		t.Fatalf("login page: %d at %s: %s", login.status, login.at, login.body)
	}
	again := p.login(login, orgsim.DefaultUsername, "guess")
	if again.at != "/login" || !strings.Contains(again.body, "Please check your username and password") {
		t.Fatalf("after a wrong password at %s: %s", again.at, again.body)
	}
	consent := p.login(again, strings.ToUpper(orgsim.DefaultUsername), orgsim.DefaultPassword)
	for _, want := range []string{"reportsync &lt;test&gt;", `id="oaapprove"`, `id="oadeny"`, "Perform requests at any time", "Manage user data via APIs", orgsim.DefaultUsername} {
		if !strings.Contains(consent.body, want) {
			t.Errorf("the consent page lacks %q: %s", want, consent.body)
		}
	}
	done := p.allow(consent)
	if diff := cmp.Diff([]string{"s&t=ä"}, done.callback["state"]); diff != "" || done.status != http.StatusFound || done.callback.Get("via") != "test" {
		t.Errorf("status %d, callback %v", done.status, done.callback)
	}
	tokens := b.grants(exchange(done.callback.Get("code")))
	if tokens["scope"] != "api refresh_token" || tokens["refresh_token"] == "" || tokens["id_token"] != "" || !b.good(tokens["access_token"]) {
		t.Errorf("got %v", tokens)
	}
	// The browser is signed in and the app approved: the second time nothing is asked.
	if second := p.authorize(); second.callback.Get("code") == "" {
		t.Errorf("at %s: %s", second.at, second.body)
	}
	if wider := p.authorize("scope", "api web"); !strings.Contains(wider.body, "oaapprove") {
		t.Errorf("a scope more needs consent: %v", wider.callback)
	}
	if asked := p.authorize("prompt", "consent"); !strings.Contains(asked.body, "oaapprove") {
		t.Errorf("prompt=consent: %v", asked.callback)
	}
	if asked := p.authorize("prompt", "login"); asked.at != "/login" {
		t.Errorf("prompt=login: %v", asked.callback)
	}
}

func TestDeny(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	p := newPerson(t, b.server.URL)
	consent := p.login(p.authorize(), orgsim.DefaultUsername, orgsim.DefaultPassword)
	denied := p.submit(consent, url.Values{"cancel": {" Deny "}})
	want := url.Values{"error": {"access_denied"}, "error_description": {"end-user denied authorization"}, "state": {"s&t=ä"}, "via": {"test"}}
	if diff := cmp.Diff(want, denied.callback); diff != "" {
		t.Error(diff)
	}
	// The request is over: the same form cannot allow it after all.
	if late := p.allow(consent); late.callback != nil || late.status != http.StatusBadRequest {
		t.Errorf("status %d, callback %v", late.status, late.callback)
	}
}

// What redirects back with an error, and what never redirects.
func TestAuthorizeRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	for name, test := range map[string]struct {
		changes     []string
		code, words string
		page        bool
	}{
		"unknown client":      {changes: []string{"client_id", "x"}, code: "invalid_client_id", words: "client identifier invalid", page: true},
		"no client":           {changes: []string{"client_id", ""}, code: "invalid_client_id", words: "client identifier invalid", page: true},
		"no redirect":         {changes: []string{"redirect_uri", ""}, code: "redirect_uri_missing", words: "must provide redirect_uri", page: true},
		"another redirect":    {changes: []string{"redirect_uri", callback + "x"}, code: "redirect_uri_mismatch", words: "redirect_uri must match configuration", page: true},
		"evil redirect":       {changes: []string{"redirect_uri", "https://evil.example/"}, code: "redirect_uri_mismatch", words: "redirect_uri must match configuration", page: true},
		"response type":       {changes: []string{"response_type", "token"}, code: "unsupported_response_type", words: "response type not supported"},
		"no response type":    {changes: []string{"response_type", ""}, code: "unsupported_response_type", words: "response type not supported"},
		"unknown scope":       {changes: []string{"scope", "api everything"}, code: "invalid_scope", words: "the requested scope is not allowed"},
		"scope of others":     {changes: []string{"scope", "full"}, code: "invalid_scope", words: "the requested scope is not allowed"},
		"no challenge":        {changes: []string{"code_challenge", "", "code_challenge_method", ""}, code: "invalid_request", words: "missing required code challenge"},
		"method alone":        {changes: []string{"code_challenge", ""}, code: "invalid_request", words: "missing required code challenge"},
		"plain method":        {changes: []string{"code_challenge_method", "plain"}, code: "invalid_request", words: "code challenge method not supported"},
		"padded challenge":    {changes: []string{"code_challenge", strings.Repeat("a", 43) + "="}, code: "invalid_request", words: "invalid code challenge"},
		"unknown prompt":      {changes: []string{"prompt", "maybe"}, code: "invalid_request", words: "invalid prompt"},
		"none and more":       {changes: []string{"prompt", "none login"}, code: "invalid_request", words: "invalid prompt"},
		"nobody is logged in": {changes: []string{"prompt", "none"}, code: "login_required", words: "user must log in"},
		"immediate":           {changes: []string{"immediate", "true"}, code: "immediate_unsuccessful", words: "user must log in or approve"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newPerson(t, b.server.URL).authorize(test.changes...)
			if test.page {
				if want := "error=" + test.code + "&amp;error_description=" + test.words; v.callback != nil || v.status != http.StatusBadRequest || !strings.Contains(v.body, want) {
					t.Errorf("status %d, callback %v, body %s", v.status, v.callback, v.body)
				}
				return
			}
			want := url.Values{"error": {test.code}, "error_description": {test.words}, "state": {"s&t=ä"}, "via": {"test"}}
			if diff := cmp.Diff(want, v.callback); diff != "" {
				t.Error(diff)
			}
		})
	}
	p := newPerson(t, b.server.URL)
	p.login(p.authorize(), orgsim.DefaultUsername, orgsim.DefaultPassword)
	if v := p.authorize("prompt", "none"); v.callback.Get("error") != "consent_required" {
		t.Errorf("callback %v", v.callback)
	}
	for _, name := range []string{"client_id", "redirect_uri", "state", "scope"} {
		v := p.open("/services/oauth2/authorize?" + authorization().Encode() + "&" + name + "=x")
		if onPage := name == "client_id" || name == "redirect_uri"; onPage && v.status != http.StatusBadRequest || !onPage && v.callback.Get("error") != "invalid_request" {
			t.Errorf("%s twice: status %d, callback %v", name, v.status, v.callback)
		}
	}
}

func TestDefaultRedirects(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for uri, ok := range map[string]bool{
		"http://127.0.0.1:8627/oauth/callback": true, "http://localhost/x?y=z": true, "http://[::1]:9/": true,
		"https://127.0.0.1/": false, "http://127.0.0.1.evil.example/": false, "http://evil.example/": false, "http://localhost@evil.example/": false,
		"http://user@localhost/": false, "http://localhost/#f": false, "http://localhost/#": false, "//localhost/": false, "javascript:alert(1)": false,
		"http://127.0.0.1\\@evil.example/": false, "/local": false, "http://": false,
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/services/oauth2/authorize?"+authorization("redirect_uri", uri).Encode(), nil)
		recorder := httptest.NewRecorder()
		b.org.ServeHTTP(recorder, request)
		if got := recorder.Code == http.StatusFound; got != ok {
			t.Errorf("%s: status %d", uri, recorder.Code)
		}
	}
}

// Pages allow no scripts and no frames, and their forms cannot be sent by others.
func TestPagesAreGuarded(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	p := newPerson(t, b.server.URL)
	login := p.authorize()
	policy := login.header.Get("Content-Security-Policy")
	if policy != "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:1; base-uri 'none'; frame-ancestors 'none'" {
		t.Errorf("policy %q", policy)
	}
	if strings.Contains(login.body, "<script") || strings.Contains(login.body, "<style") || strings.Contains(login.body, " on") && strings.Contains(login.body, "onclick") {
		t.Errorf("inline code: %s", login.body)
	}
	if sheet := p.open("/login/style.css"); sheet.status != http.StatusOK || !strings.HasPrefix(sheet.header.Get("Content-Type"), "text/css") {
		t.Errorf("style sheet: %d, %v", sheet.status, sheet.header)
	}
	stranger := newPerson(t, b.server.URL)
	stranger.authorize()
	if v := stranger.login(login, orgsim.DefaultUsername, orgsim.DefaultPassword); v.status != http.StatusBadRequest {
		t.Errorf("another browser sends the form: %d", v.status)
	}
	if v := p.submit(login, url.Values{"token": {"x"}, "username": {orgsim.DefaultUsername}, "pw": {orgsim.DefaultPassword}}); v.status != http.StatusBadRequest {
		t.Errorf("another form token: %d", v.status)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/services/oauth2/authorize?"+authorization().Encode(), nil)
	recorder := httptest.NewRecorder()
	b.org.ServeHTTP(recorder, request)
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		if cookie := recorder.Header().Get("Set-Cookie"); !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
}

// A cookie that a browser had before somebody signed in with it lets nobody in.
func TestSigningInChangesTheCookie(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	p := newPerson(t, b.server.URL)
	at, err := url.Parse(b.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	login := p.authorize()
	before := p.client.Jar.Cookies(at)
	p.login(login, orgsim.DefaultUsername, orgsim.DefaultPassword)
	if after := p.client.Jar.Cookies(at); len(before) != 1 || len(after) != 1 || before[0].Value == after[0].Value {
		t.Errorf("cookies %v, then %v", before, after)
	}
	planted := newPerson(t, b.server.URL)
	planted.client.Jar.SetCookies(at, before)
	if v := planted.authorize(); v.at != "/login" {
		t.Errorf("at %s", v.at)
	}
}

func TestLockout(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{App: app(), Now: clock.now, MaxLoginAttempts: 3})
	p := newPerson(t, b.server.URL)
	page := p.authorize()
	for range 3 {
		page = p.login(page, orgsim.DefaultUsername, "guess")
	}
	if page = p.login(page, orgsim.DefaultUsername, orgsim.DefaultPassword); page.at != "/login" {
		t.Errorf("locked out, but at %s", page.at)
	}
	clock.advance(15 * time.Minute)
	if page = p.login(page, orgsim.DefaultUsername, orgsim.DefaultPassword); !strings.Contains(page.body, "oaapprove") {
		t.Errorf("still locked out: %s", page.body)
	}
}
