package api

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Limits and defaults of the client.
const (
	DefaultTimeout    = 60 * time.Second // of one request, where [ClientConfig.Timeout] is 0
	DefaultMaxRetries = 4                // of a safe request, where [ClientConfig.MaxRetries] is 0
	maxAnswerBytes    = 32 << 20         // a page of the longest outcomes stays far below
)

// ClientConfig says which daemon a [Client] talks to, and as whom.
type ClientConfig struct {
	Endpoint   string            // root URL of the daemon, http or https
	Token      reportsync.Secret // bearer token
	UserAgent  string            // sent as it stands, empty for a general one
	Client     string            // ClientTerraform or ClientCLI; empty for neither
	CACertFile string            // PEM file of the authorities to trust beside the system's; empty for none
	Timeout    time.Duration     // of one request; 0 means DefaultTimeout
	MaxRetries int               // of a safe request; 0 means DefaultMaxRetries, negative none
}

// Client calls the config API of one daemon. It is safe for concurrent use. Errors are [*ResponseError] when the daemon
// answered with a problem, and [*reportsync.Error] with [reportsync.CodeUnavailable] when it can't be reached.
type Client struct {
	http     *resty.Client
	endpoint string
	timeout  time.Duration
}

// NewClient makes a client; it sends nothing yet. A wrong endpoint or CA file is a [*reportsync.Error].
func NewClient(cfg ClientConfig) (*Client, error) {
	endpoint, err := parseEndpoint(cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	c := &Client{endpoint: endpoint, timeout: cfg.Timeout}
	if c.timeout <= 0 {
		c.timeout = DefaultTimeout
	}
	c.http = resty.New().
		SetBaseURL(endpoint+"/"+Version).
		SetTimeout(c.timeout).
		SetResponseBodyLimit(maxAnswerBytes).
		SetRedirectPolicy(resty.NoRedirectPolicy()).
		SetLogger(quiet{}).
		SetHeader("Accept", "application/json").
		SetHeader("User-Agent", "reportsync-client")
	if cfg.Token != "" {
		c.http.SetHeader("Authorization", "Bearer "+cfg.Token.Reveal())
	}
	if cfg.UserAgent != "" {
		c.http.SetHeader("User-Agent", cfg.UserAgent)
	}
	if cfg.Client != "" {
		c.http.SetHeader(HeaderClient, cfg.Client)
	}
	if cfg.CACertFile != "" {
		if err := checkCACert(cfg.CACertFile); err != nil {
			return nil, err
		}
		c.http.SetRootCertificate(cfg.CACertFile)
	}
	setRetries(c.http, cfg.MaxRetries)
	return c, nil
}

// Endpoint returns the root URL of the daemon, without a trailing slash.
func (c *Client) Endpoint() string { return c.endpoint }

// Close drops the connections that are kept open for later requests.
func (c *Client) Close() { c.http.GetClient().CloseIdleConnections() }

// request is one call of the API.
type request struct {
	method         string
	path           string // below /v1, with {placeholders}
	pathParams     map[string]string
	query          url.Values
	header         map[string]string
	body, into     any
	idempotencyKey string
}

// do sends a request and decodes the answer.
func (c *Client) do(ctx context.Context, q request) error {
	r := c.http.R().SetContext(ctx).SetPathParams(q.pathParams).SetQueryParamsFromValues(q.query).SetHeaders(q.header)
	if q.body != nil {
		r.SetBody(q.body)
	}
	if q.into != nil {
		r.SetResult(q.into)
	}
	if q.idempotencyKey != "" {
		r.SetHeader(HeaderIdempotencyKey, q.idempotencyKey)
	}
	res, err := r.Execute(q.method, q.path)
	if err != nil {
		return c.transportError(ctx, q, res, err)
	}
	if !res.IsSuccess() {
		return c.responseError(res)
	}
	if q.into != nil && res.StatusCode() != http.StatusNoContent && !isJSON(res) {
		return c.strangeAnswer(res)
	}
	return nil
}

// send is do for requests that are answered with a T.
func send[T any](ctx context.Context, c *Client, q request) (T, error) {
	var t T
	q.into = &t
	err := c.do(ctx, q)
	return t, err
}

func isJSON(res *resty.Response) bool {
	return strings.HasPrefix(res.Header().Get("Content-Type"), "application/json")
}

// parseEndpoint checks the root URL of the daemon and takes the trailing slash off.
func parseEndpoint(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", reportsync.Errorf(reportsync.CodeInvalid, "endpoint %q is no http or https URL", raw).
			WithHint("give the daemon's root, such as http://127.0.0.1:8627")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", reportsync.Errorf(reportsync.CodeInvalid, "the endpoint at %s must hold neither a password nor a query", u.Host).
			WithHint("give the daemon's root, such as %s://%s", u.Scheme, u.Host)
	}
	return strings.TrimRight(raw, "/"), nil
}

// checkCACert reports what is wrong with a CA file; resty itself would only log it.
func checkCACert(file string) error {
	pem, err := os.ReadFile(file)
	if err != nil {
		return reportsync.Errorf(reportsync.CodeInvalid, "read CA certificate: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return reportsync.Errorf(reportsync.CodeInvalid, "CA certificate file %s holds no PEM certificate", file)
	}
	return nil
}

// transportError says in a user's words why there is no answer.
func (c *Client) transportError(ctx context.Context, q request, res *resty.Response, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%s %s: %w", q.method, q.path, cause)
	}
	if res != nil && res.StatusCode() != 0 {
		return c.strangeAnswer(res)
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return reportsync.Errorf(reportsync.CodeUnavailable, "can't reach reportsyncd at %s: %w", c.endpoint, err).
		WithHint("%s", unreachableHint(err))
}

func unreachableHint(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "its certificate is of an authority that this machine does not know: name the authority's PEM file as CA certificate"
	}
	if strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		return "it speaks plain http there: start the endpoint with http://, or set up tls in reportsyncd.hcl"
	}
	return "check that the daemon is running and that the endpoint is the one it listens on (" + EnvEndpoint + ")"
}

// quiet keeps resty from writing to standard error: every error is returned.
type quiet struct{}

func (quiet) Errorf(string, ...any) {}
func (quiet) Warnf(string, ...any)  {}
func (quiet) Debugf(string, ...any) {}
