package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// connect makes a client of the daemon that flags, environment or state folder name. It sends nothing yet.
func (p *program) connect() (*api.Client, error) {
	endpoint, err := p.findEndpoint()
	if err != nil {
		return nil, err
	}
	token, err := p.findToken()
	if err != nil {
		return nil, err
	}
	return api.NewClient(api.ClientConfig{
		Endpoint:   endpoint,
		Token:      token,
		UserAgent:  "reportsyncd/" + version,
		Client:     api.ClientCLI,
		CACertFile: p.caFile,
	})
}

func (p *program) findEndpoint() (string, error) {
	if given := cmp.Or(p.endpoint, p.getenv(api.EnvEndpoint)); given != "" {
		return given, nil
	}
	cfg, err := config.Load(p.configFile, p.getenv)
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(daemon.EndpointFile(cfg.StateDir))
	if errors.Is(err, fs.ErrNotExist) {
		// No daemon runs there, or its folder is not ours to see: the default is the best guess.
		return api.DefaultEndpoint, nil
	}
	if err != nil {
		return "", fmt.Errorf("find the daemon: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

func (p *program) findToken() (reportsync.Secret, error) {
	if p.tokenFile == "" {
		if token := p.getenv(api.EnvToken); token != "" {
			return reportsync.Secret(token), nil
		}
	}
	file := p.tokenFile
	if file == "" {
		cfg, err := config.Load(p.configFile, p.getenv)
		if err != nil {
			return "", err
		}
		file = daemon.AdminTokenFile(cfg.StateDir)
	}
	token, err := api.ReadTokenFile(file)
	if e, ok := errors.AsType[*reportsync.Error](err); ok {
		err = e.WithHint("give one by $%s or --token-file; the daemon's first start writes one to admin.token in its state folder", api.EnvToken)
	}
	return token, err
}

// integration finds an integration by id or by name.
func integration(ctx context.Context, client *api.Client, nameOrID string) (reportsync.Integration, error) {
	if reportsync.IntegrationID.Is(nameOrID) {
		found, err := client.Integration(ctx, nameOrID)
		if reportsync.CodeOf(err) != reportsync.CodeNotFound {
			return found, err
		}
	}
	return client.IntegrationByName(ctx, nameOrID)
}
