package salesforce

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/go-resty/resty/v2"
)

// content is the body of a request: its size in bytes and a way to read it, from the start each time,
// since a request may be repeated.
type content struct {
	size int64
	open func() (io.ReadCloser, error)
}

func inMemory(body []byte) content {
	return content{size: int64(len(body)), open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(body)), nil
	}}
}

type contentKey struct{}

// withContent carries a body past resty, which would read a reader into memory to be able to repeat it.
func withContent(ctx context.Context, body content) context.Context {
	return context.WithValue(ctx, contentKey{}, body)
}

// attachContent gives a request its body as the last step before it is sent, with its length: Salesforce
// takes no chunked uploads for granted.
func attachContent(_ *resty.Client, req *http.Request) error {
	body, ok := req.Context().Value(contentKey{}).(content)
	if !ok {
		return nil
	}
	reader, err := body.open()
	if err != nil {
		return &unreadableBodyError{err}
	}
	req.Body, req.GetBody, req.ContentLength = reader, body.open, body.size
	return nil
}

// unreadableBodyError is why a request could not be put together; nothing was sent.
type unreadableBodyError struct{ cause error }

func (e *unreadableBodyError) Error() string {
	return fmt.Sprintf("open the rows to send: %s", e.cause)
}

func (e *unreadableBodyError) Unwrap() error { return e.cause }
