package web

import (
	"io"
	"net/http"
)

// meteredWriter notes status and bytes of an answer and holds back its last byte
// until release. With discard set the answer goes nowhere.
type meteredWriter struct {
	http.ResponseWriter

	status  int
	bytes   int64
	held    []byte // the last byte, or nothing
	discard bool
}

func (w *meteredWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	if !w.discard {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *meteredWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.discard || len(p) == 0 {
		return len(p), nil
	}
	w.release()
	last := len(p) - 1
	w.held = append(w.held, p[last])
	w.bytes += int64(len(p))
	n, err := w.ResponseWriter.Write(p[:last])
	if err != nil {
		return n, err
	}
	return len(p), nil
}

// release sends the byte that is held back.
func (w *meteredWriter) release() {
	if len(w.held) > 0 {
		_, _ = w.ResponseWriter.Write(w.held) //nolint:gosec // as in Write; a client that has gone away is its own affair
		w.held = w.held[:0]
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (w *meteredWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type meteredBody struct {
	io.ReadCloser

	bytes int64
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes += int64(n)
	return n, err
}
