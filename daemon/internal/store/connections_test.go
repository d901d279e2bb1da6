package store_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestConnectionSecret(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		secretIs := func(id, want string) {
			t.Helper()
			if got := must(b.ConnectionSecret(ctx, id))(t); got.Reveal() != want {
				t.Errorf("the stored secret is another than %q", want)
			}
		}
		c := b.connection("production")
		secretIs(c.ID, clientSecret)
		if c.Secret() != "" || c.CredentialsFingerprint == "" {
			t.Errorf("a secret came back, or no fingerprint (%q)", c.CredentialsFingerprint)
		}
		_, err := b.CreateConnection(ctx, connectionSpec("without").WithSecret(""))
		wantPointer(t, err, reportsync.SecretPointer)

		// Left out, it stays.
		kept := must(b.ReplaceConnection(ctx, c.ID, 1, connectionSpec("renamed").WithSecret("")))(t)
		secretIs(c.ID, clientSecret)
		if kept.CredentialsFingerprint != c.CredentialsFingerprint || kept.Revision != 2 {
			t.Errorf("renamed to revision %d with the fingerprint %s, was %s", kept.Revision, kept.CredentialsFingerprint, c.CredentialsFingerprint)
		}
		// The same again changes nothing, another one does.
		same := must(b.ReplaceConnection(ctx, c.ID, 2, connectionSpec("renamed")))(t)
		if same.Revision != kept.Revision {
			t.Errorf("the same secret made revision %d", same.Revision)
		}
		changed := must(b.ReplaceConnection(ctx, c.ID, 2, connectionSpec("renamed").WithSecret("another")))(t)
		secretIs(c.ID, "another")
		if changed.Revision != 3 || changed.CredentialsFingerprint == c.CredentialsFingerprint {
			t.Errorf("another secret made revision %d with the fingerprint %s", changed.Revision, changed.CredentialsFingerprint)
		}
		if got := must(b.Connection(ctx, c.ID))(t); got.CredentialsFingerprint != changed.CredentialsFingerprint {
			t.Errorf("reads the fingerprint %s, want %s", got.CredentialsFingerprint, changed.CredentialsFingerprint)
		}
		if other := b.connection("other"); other.CredentialsFingerprint == c.CredentialsFingerprint {
			t.Error("two connections with one secret show it by their fingerprints")
		}
		_, err = b.ConnectionSecret(ctx, "con_missing")
		wantCode(t, err, reportsync.CodeNotFound, "con_missing")
	})
}

// A stored secret never goes to another host, nor along with another client.
func TestConnectionSecretMustBeSentAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		c := b.connection("production")
		for name, change := range map[string]func(*reportsync.ConnectionSpec){
			"login_url":    func(s *reportsync.ConnectionSpec) { s.LoginURL = new("https://evil.example.com") },
			"no login_url": func(s *reportsync.ConnectionSpec) { s.LoginURL = nil },
			"client_id":    func(s *reportsync.ConnectionSpec) { s.ClientCredentials.ClientID = "another" },
			"no client":    func(s *reportsync.ConnectionSpec) { s.ClientCredentials = nil },
		} {
			t.Log(name)
			spec := connectionSpec("production").WithSecret("")
			change(&spec)
			_, err := b.ReplaceConnection(t.Context(), c.ID, 0, spec)
			wantCode(t, err, reportsync.CodeInvalid, "sent again")
			wantPointer(t, err, reportsync.SecretPointer)
		}
		spec := connectionSpec("production")
		spec.LoginURL = new("https://acme.my.salesforce.com/") // the same place
		must(b.ReplaceConnection(t.Context(), c.ID, 0, spec.WithSecret("")))(t)
		spec.LoginURL = new("https://new.my.salesforce.com")
		must(b.ReplaceConnection(t.Context(), c.ID, 0, spec))(t)
	})
}

// Nothing that must stay secret stands in the files in clear, in whichever form (invariant 7).
func TestSecretsAreSealedOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := setup(t, "sqlite://"+filepath.Join(dir, "test.db"))
	ctx := t.Context()
	c := b.connection("canary name")
	must(b.ReplaceConnection(ctx, c.ID, 0, connectionSpec("canary name").WithSecret("second-"+clientSecret)))(t)
	_, token, err := b.CreateToken(ctx, reportsync.TokenSpec{Name: "ci", Role: reportsync.RoleAdmin})
	noError(t, err)
	_, random, _ := strings.Cut(strings.TrimPrefix(token, "rst_"), "_")
	must(b.IdempotentBegin(ctx, "key", "tok_1", []byte("body with "+clientSecret)))(t)
	noError(t, b.IdempotentEnd(ctx, "key", "tok_1", &store.Answer{Status: 201, Body: []byte(token)}))

	hidden := []string{clientSecret, token, random, base64.StdEncoding.EncodeToString([]byte(token)), base64.StdEncoding.EncodeToString([]byte(clientSecret))}
	search := func() {
		t.Helper()
		var all []byte
		for _, f := range must(os.ReadDir(dir))(t) {
			all = append(all, must(os.ReadFile(filepath.Join(dir, f.Name())))(t)...)
		}
		if !bytes.Contains(all, []byte("canary name")) {
			t.Fatal("found not even what is stored in clear: the search is worth nothing")
		}
		for _, h := range hidden {
			if bytes.Contains(all, []byte(h)) {
				t.Errorf("found %q in the files", h)
			}
		}
	}
	search() // with the log
	noError(t, b.Close())
	search() // without
}

// A secret stays in the store whatever is done with the values it hands out.
func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		c := b.connection("production")
		claim, _ := b.claim(b.run("onboarding").ID, "node-1", lease)
		secret := must(b.ConnectionSecret(t.Context(), c.ID))(t)
		asJSON := must(json.Marshal([]any{c, claim}))(t)
		if printed := fmt.Sprintf("%v %+v %#v %s", c, claim, secret, asJSON); strings.Contains(printed, clientSecret) {
			t.Errorf("prints the secret: %s", printed)
		}
	})
}
