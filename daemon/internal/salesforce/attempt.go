package salesforce

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
)

const (
	// maxAnswerBytes bounds an answer that is read into memory: a query page of 2,000 rows with long
	// texts is the largest by far.
	maxAnswerBytes = 256 << 20
	// maxErrorBytes bounds what is read of a refusal.
	maxErrorBytes = 64 << 10

	jsonType = "application/json"
)

var errTooLarge = errors.New("the answer is larger than any that the API documents")

// attempt sends a call once, within one of the org's places, and reads the answer. The place is given
// back with the header of a streamed answer: its reader may make other calls meanwhile.
func (c *Client) attempt(ctx context.Context, q call, using *grant) (*reply, *Error) {
	target, err := join(using.instance, q.target)
	if err != nil {
		return nil, unexpected(q.op, "%s", err)
	}
	if len(q.query) > 0 {
		target.RawQuery = q.query.Encode()
	}
	select {
	case c.org.places <- struct{}{}:
	case <-ctx.Done():
		return nil, &Error{Op: q.op, Message: "wait for a free request", Err: context.Cause(ctx)}
	}
	defer func() { <-c.org.places }()

	if !q.free {
		if reached := c.meter.take(q.body.size); reached > 0 {
			return nil, overBudget(q.op, reached)
		}
	}
	began := time.Now()
	var sent atomic.Int32
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Add(1) }})
	resp, err := c.request(traced, q, using, target).Execute(q.method, target.String())
	for range sent.Load() - 1 { // package net/http repeats a GET by itself when a used connection breaks
		if !q.free {
			c.meter.take(q.body.size)
		}
	}
	unreadable, notSent := errors.AsType[*unreadableBodyError](err)
	if !q.free && (notSent || neverConnected(err)) {
		c.meter.giveBack(q.body.size, nil)
	}
	if notSent {
		return nil, &Error{Op: q.op, Code: CodeInvalidRequest, Message: unreadable.Error(), Err: unreadable.cause}
	}
	if err != nil {
		c.trace(q, target, 0, began)
		return nil, unreachable(&Error{Op: q.op, Method: q.method, URL: withoutQuery(target)}, err)
	}
	c.trace(q, target, resp.StatusCode(), began)
	return c.read(q, target, resp)
}

func (c *Client) request(ctx context.Context, q call, using *grant, target *url.URL) *resty.Request {
	if q.body.open != nil {
		ctx = withContent(ctx, q.body)
	}
	r := c.org.http.R().SetContext(ctx).SetDoNotParseResponse(true).SetHeaders(q.header)
	r.SetHeader("Accept", jsonType)
	if target.Scheme == "http" {
		// Only this machine is spoken to without TLS, and there compression costs more than bytes. Over
		// https the transport asks for gzip by itself.
		r.SetHeader("Accept-Encoding", "identity")
	}
	if q.accept != "" {
		r.SetHeader("Accept", q.accept)
	}
	if !q.anonymous {
		r.SetAuthToken(using.token)
	}
	if q.body.open != nil {
		r.SetHeader("Content-Type", q.contentType)
	}
	return r
}

// read takes an answer apart: a refusal becomes an Error, a good answer is read in full or handed on.
func (c *Client) read(q call, target *url.URL, resp *resty.Response) (*reply, *Error) {
	answer := &reply{status: resp.StatusCode(), header: resp.Header()}
	c.meter.limitInfo(answer.header.Get("Sforce-Limit-Info"))
	body := &metered{ReadCloser: resp.RawBody(), meter: c.meter}

	good := answer.status >= 200 && answer.status < 300
	if good && q.stream {
		answer.stream = body
		return answer, nil
	}
	defer body.Close()
	limit := int64(maxErrorBytes)
	if good {
		limit = maxAnswerBytes
	}
	read, err := io.ReadAll(io.LimitReader(body, limit+1))
	switch {
	case !good:
		// Whatever of a refusal could be read will do.
		answer.body = read[:min(len(read), maxErrorBytes)]
		refusal := classify(answerError(q.op, q.method, target, answer), answer.header)
		if refusal.class == classLimit {
			c.meter.limitReached()
		}
		return nil, refusal
	case err != nil:
		return nil, unreachable(&Error{Op: q.op, Method: q.method, URL: withoutQuery(target)}, err)
	case int64(len(read)) > limit:
		return nil, &Error{Op: q.op, Code: CodeUnexpectedAnswer, Message: errTooLarge.Error(), Err: errTooLarge}
	}
	answer.body = read
	return answer, nil
}

// trace writes the debug line of an exchange. The path is all of the address that is safe to show: a
// query holds keys.
func (c *Client) trace(q call, target *url.URL, status int, began time.Time) {
	if !c.org.log.IsDebug() {
		return
	}
	c.org.log.Debug("salesforce request", "request", c.org.serial.Add(1), "method", q.method,
		"path", target.Path, "status", status, "duration", time.Since(began).Round(time.Millisecond))
}

// unreachable fills in an error for an exchange that brought no whole answer.
func unreachable(e *Error, err error) *Error {
	e.Code, e.class, e.Err = CodeUnreachable, classUnreachable, err
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		// Its text repeats the address, with the query.
		e.Err = wrapped.Err
	}
	e.Message = e.Err.Error()
	switch dns, isDNS := errors.AsType[*net.DNSError](err); {
	case isDNS && dns.IsNotFound:
		e.Hint = fmt.Sprintf("no host has the name %s; check login_url", dns.Name)
	case untrusted(err):
		e.Hint = "the server's certificate is not trusted here; a proxy that inspects traffic needs its authority installed"
	case neverConnected(err):
		e.Hint = "check the network, a proxy (HTTPS_PROXY) and firewalls between here and the org"
	}
	return e
}

// untrusted reports whether the server's certificate was refused, which no repetition changes.
func untrusted(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// neverConnected reports whether a request can't have reached anybody.
func neverConnected(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	if ok && op.Op == "dial" {
		return true
	}
	_, ok = errors.AsType[*net.DNSError](err)
	return ok || untrusted(err)
}

// metered counts what is read of a body.
type metered struct {
	io.ReadCloser
	meter *meter
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	m.meter.received(n)
	return n, err
}
