package api

import "net/http"

// SetTransport puts a fake network under a client.
func (c *Client) SetTransport(rt http.RoundTripper) { c.http.SetTransport(rt) }
