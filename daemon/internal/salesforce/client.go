package salesforce

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"sync/atomic"

	"github.com/go-resty/resty/v2"
	"github.com/hashicorp/go-hclog"
)

const (
	defaultAPIVersion = "62.0"
	defaultParallel   = 10

	// clientName is how an org's event log shows the requests.
	clientName = "reportsync"
)

// Config says which org to talk to, as whom and how.
type Config struct {
	// LoginURL is the org's My Domain address, https://acme.my.salesforce.com. Plain http is refused
	// unless the host is this machine.
	LoginURL string
	// ClientID and ClientSecret are the external client app's, with the client-credentials flow
	// enabled and a run-as user chosen.
	ClientID     string
	ClientSecret string
	// APIVersion is pinned for all calls, default 62.0. Login checks that the org offers it.
	APIVersion string
	// Transport carries the requests; nil takes one of the client's own.
	Transport http.RoundTripper
	// Logger gets one debug line per exchange: method, path without query, status, duration. Never a
	// body, never a token. Nil logs nothing.
	Logger hclog.Logger
	// Parallel is how many requests may be in flight at once against this org, default 10.
	Parallel int
}

// Client speaks with one org. It is safe for concurrent use.
type Client struct {
	org   *org
	meter *meter
}

// org is what all views of a client share.
type org struct {
	version string
	http    *resty.Client
	session *session
	places  chan struct{}
	log     hclog.Logger
	serial  atomic.Int64

	usernames sync.Map // names of users by their ids, as far as they were asked for
}

var versionPattern = regexp.MustCompile(`^\d{2,3}\.0$`)

// New checks the settings and returns a client. It opens no connection: Login does, or the first
// call.
func New(cfg Config) (*Client, error) {
	login, err := parseEndpoint("login URL", cfg.LoginURL)
	if err != nil {
		return nil, fmt.Errorf("configure salesforce client: %w", err)
	}
	if cfg.ClientID == "" || cfg.ClientSecret == "" {
		return nil, errors.New("configure salesforce client: client id and client secret are both needed")
	}
	if cfg.APIVersion == "" {
		cfg.APIVersion = defaultAPIVersion
	}
	if !versionPattern.MatchString(cfg.APIVersion) {
		return nil, fmt.Errorf("configure salesforce client: API version %q does not look like %s", cfg.APIVersion, defaultAPIVersion)
	}
	if cfg.Parallel <= 0 {
		cfg.Parallel = defaultParallel
	}
	if cfg.Logger == nil {
		cfg.Logger = hclog.NewNullLogger()
	}
	return &Client{org: newOrg(cfg, login), meter: &meter{}}, nil
}

func newOrg(cfg Config, login *url.URL) *org {
	transport := cfg.Transport
	if transport == nil {
		transport = newTransport(cfg.Parallel)
	}
	httpClient := &http.Client{
		Transport: &stallGuard{next: transport, patience: stallPatience},
		// A redirect is answered as an error: following it would carry the token along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	wire := resty.NewWithClient(httpClient).
		SetLogger(quiet{}).
		SetPreRequestHook(attachContent).
		SetHeader("User-Agent", clientName).
		SetHeader("Sforce-Call-Options", "client="+clientName)
	return &org{
		version: cfg.APIVersion,
		http:    wire,
		session: newSession(login, cfg.ClientID, cfg.ClientSecret, httpClient),
		places:  make(chan struct{}, cfg.Parallel),
		log:     cfg.Logger,
	}
}

func newTransport(parallel int) http.RoundTripper {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if usual, ok := http.DefaultTransport.(*http.Transport); ok {
		t = usual.Clone()
	}
	t.MaxIdleConnsPerHost = parallel
	return t
}

// Close lets go of idle connections. Calls under way are not disturbed.
func (c *Client) Close() { c.org.http.GetClient().CloseIdleConnections() }

// data returns the path of a resource of the data APIs in the pinned version.
func (o *org) data(resource string) string {
	return "/services/data/v" + o.version + "/" + resource
}

// quiet drops resty's own warnings: what they say is in the returned errors.
type quiet struct{}

func (quiet) Errorf(string, ...any) {}
func (quiet) Warnf(string, ...any)  {}
func (quiet) Debugf(string, ...any) {}
