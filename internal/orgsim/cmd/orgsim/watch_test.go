package main

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// counting ends a context when it has been written to so many times.
type counting struct {
	strings.Builder

	left int
	end  context.CancelFunc
}

func (c *counting) Write(p []byte) (int, error) {
	if c.left--; c.left == 0 {
		c.end()
	}
	return c.Builder.Write(p)
}

// Requests before and after the watch began are printed, each once.
func TestJournalIsWatched(t *testing.T) {
	t.Parallel()
	org, err := orgsim.New(orgsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(org)
	t.Cleanup(func() {
		org.Close()
		server.Close()
	})
	ask := func() {
		if err := newClient(server.URL).login(t.Context(), orgsim.DefaultClientID, orgsim.DefaultClientSecret); err != nil {
			t.Error(err)
		}
	}
	ask()
	ctx, cancel := context.WithCancel(t.Context())
	out := &counting{left: 3, end: cancel}
	done := make(chan error)
	go func() { done <- (&reading{url: server.URL, watch: true, kind: "oauth*"}).run(ctx, out) }()
	ask()
	ask()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[2], "3  ") || !strings.Contains(lines[2], "  200  POST /services/oauth2/token  oauth, 0 API calls, ") {
		t.Errorf("printed %q", lines)
	}
}
