package api

import (
	"os"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Environment variables that name the daemon and the token, for every client alike.
const (
	EnvEndpoint = "REPORTSYNC_ENDPOINT"
	EnvToken    = "REPORTSYNC_TOKEN"
)

const (
	// DefaultListen is where a daemon listens that was told nothing else: on its own machine only.
	DefaultListen = "127.0.0.1:8627"
	// DefaultEndpoint is the root URL of that daemon.
	DefaultEndpoint = "http://" + DefaultListen
)

// ReadTokenFile reads a bearer token, which stands alone in its file. One that can't be read, or is empty, is a
// [reportsync.Error] of [reportsync.CodeUnauthorized].
func ReadTokenFile(path string) (reportsync.Secret, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", reportsync.Errorf(reportsync.CodeUnauthorized, "can't read the token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", reportsync.Errorf(reportsync.CodeUnauthorized, "the token file %s is empty", path)
	}
	return reportsync.Secret(token), nil
}
