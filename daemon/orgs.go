package daemon

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// secrets unseals what a connection logs in with.
type secrets interface {
	ConnectionSecret(ctx context.Context, id string) (reportsync.Secret, error)
}

// orgs keeps one client per connection, so that runs share its session and its limit of parallel requests. A connection
// that was changed gets a new client; runs under way keep the one they began with.
type orgs struct {
	secrets secrets
	log     hclog.Logger

	mu      sync.Mutex
	clients map[string]orgClient
}

type orgClient struct {
	revision int64
	client   *salesforce.Client
}

func newOrgs(s secrets, log hclog.Logger) *orgs {
	return &orgs{secrets: s, log: log, clients: map[string]orgClient{}}
}

// client returns the client of a connection's revision. It sends nothing.
func (o *orgs) client(ctx context.Context, c reportsync.Connection) (*salesforce.Client, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	known, ok := o.clients[c.ID]
	if ok && known.revision == c.Revision {
		return known.client, nil
	}
	secret, err := o.secrets.ConnectionSecret(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("unseal the secret of connection %s: %w", c.Name, err)
	}
	client, err := o.dial(c.WithSecret(secret))
	if err != nil {
		return nil, err
	}
	// A caller that still holds an older revision must not displace the newer one.
	if !ok || known.revision < c.Revision {
		o.clients[c.ID] = orgClient{revision: c.Revision, client: client}
	}
	return client, nil
}

// dial makes a client for a spec that carries its secret. It sends nothing.
func (o *orgs) dial(spec reportsync.ConnectionSpec) (*salesforce.Client, error) {
	if spec.ClientCredentials == nil {
		return nil, reportsync.Errorf(reportsync.CodeCredentials, "connection %q has no client credentials to log in with", spec.Name)
	}
	return salesforce.New(salesforce.Config{
		LoginURL:     spec.EffectiveLoginURL(),
		ClientID:     spec.ClientCredentials.ClientID,
		ClientSecret: spec.ClientCredentials.ClientSecret.Reveal(),
		Logger:       o.log,
	})
}

// close lets go of idle connections.
func (o *orgs) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, known := range o.clients {
		known.client.Close()
		delete(o.clients, id)
	}
}
