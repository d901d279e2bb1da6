//go:build clients

package clients_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"path/filepath"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// signed is an org whose app takes assertions of the key that is returned as
// PEM. Its one user has approved the app.
func signed(t *testing.T) (orgsim.Config, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	config := orgsim.Config{
		App: orgsim.App{
			Certificates: []string{string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))},
			// That is how far ahead go-salesforce sets exp.
			AssertionWindow: 5 * time.Minute,
		},
		Users: []orgsim.User{{Username: orgsim.DefaultUsername, LastName: "User", Email: orgsim.DefaultUsername, Approved: true}},
	}
	return config, string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// The CLI writes exp in milliseconds, which lies thousands of years ahead.
func TestCLILogsInByJWT(t *testing.T) {
	t.Parallel()
	config, key := signed(t)
	config.App.AssertionWindow = -1
	c := setupCLI(t, config)
	var login struct {
		Username string `json:"username"`
		OrgID    string `json:"orgId"`
	}
	jwt := []string{"org", "login", "jwt", "--username", orgsim.DefaultUsername, "--client-id", orgsim.DefaultClientID, "--instance-url", c.url, "--alias", "jwt"}
	c.do(&login, append(jwt, "--jwt-key-file", c.file("server.key", key))...)
	if login.Username != orgsim.DefaultUsername || login.OrgID != c.org.ID() {
		t.Errorf("logged in as %+v", login)
	}
	// The CLI asks for a new session by a new assertion when the old one has ended.
	c.org.ExpireSessions()
	var page cliPage
	c.do(&page, "data", "query", "--query", "SELECT Username FROM User", "--target-org", "jwt")
	if len(page.Records) != 1 || page.Records[0]["Username"] != orgsim.DefaultUsername {
		t.Errorf("the query gave %+v", page)
	}
}

func TestGoSalesforceLogsInByJWT(t *testing.T) {
	t.Parallel()
	config, key := signed(t)
	config.Sessions.MaxCalls = 5
	b := setup(t, config)
	var got struct{ Instance, Flow string }
	b.goSalesforce("sessions", &got, "ORG_KEY="+key, "ORG_USERNAME="+orgsim.DefaultUsername)
	if got.Instance != b.url || got.Flow != "JWT" || b.kind("oauth").Requests != 3 {
		t.Errorf("logged in as %+v by %d logins", got, b.kind("oauth").Requests)
	}

	_, foreign := signed(t)
	if _, stderr, code := b.program("ORG_KEY="+foreign, "ORG_USERNAME="+orgsim.DefaultUsername).run(filepath.Join(b.clients, "gosalesforce"), "sessions"); code == 0 {
		t.Errorf("a key that the app does not know was taken: %s", stderr)
	}
}
