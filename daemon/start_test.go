package daemon_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// supervisor notes what the daemon tells it.
type supervisor struct {
	mu     sync.Mutex
	states []string
	alive  chan struct{} // a value for each answer to the watchdog
}

func (s *supervisor) Notify(state string) error {
	first, _, _ := strings.Cut(state, "\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	if first == "WATCHDOG=1" {
		select {
		case s.alive <- struct{}{}:
		default:
		}
		return nil
	}
	s.states = append(s.states, first)
	return nil
}

func (s *supervisor) WatchdogInterval() (time.Duration, error) { return 300 * time.Millisecond, nil }

func TestSupervision(t *testing.T) {
	t.Parallel()
	watcher := &supervisor{alive: make(chan struct{}, 1)}
	d := startDaemon(t, daemon.Options{StateDir: t.TempDir(), Supervisor: watcher})
	for range 2 {
		select {
		case <-watcher.alive:
		case <-time.After(patience):
			t.Fatal("the watchdog is not answered")
		}
	}
	stopDaemon(t, d)
	watcher.mu.Lock()
	defer watcher.mu.Unlock()
	if want := []string{"READY=1", "STOPPING=1"}; !slices.Equal(watcher.states, want) {
		t.Errorf("told %q, want %q", watcher.states, want)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certificate, key := writeCertificate(t, dir)
	d := startDaemon(t, daemon.Options{StateDir: dir, TLSCertFile: certificate, TLSKeyFile: key})
	if !strings.HasPrefix(d.URL(), "https://127.0.0.1:") {
		t.Fatalf("it serves at %s", d.URL())
	}
	token, err := os.ReadFile(d.AdminTokenFile())
	if err != nil {
		t.Fatal(err)
	}
	c, err := api.NewClient(api.ClientConfig{
		Endpoint: d.URL(), CACertFile: certificate, Token: reportsync.Secret(strings.TrimSpace(string(token))), MaxRetries: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Meta(t.Context()); err != nil {
		t.Error(err)
	}
}

// writeCertificate makes a certificate for this machine that is its own authority.
func writeCertificate(t *testing.T, dir string) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "reportsyncd"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

// The admin token of the first start stays good, and is made anew only when no admin token is left or nobody can have
// seen it.
func TestAdminToken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := daemon.AdminTokenFile(dir)
	restart := func() string {
		d := startDaemon(t, daemon.Options{StateDir: dir})
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := clientOf(t, d).Meta(t.Context()); err != nil {
			t.Errorf("the token is not accepted: %v", err)
		}
		stopDaemon(t, d)
		return string(text)
	}
	first := restart()
	if again := restart(); again != first {
		t.Error("a second start made another token")
	}
	// As a start leaves it that was cut off before the token was written down.
	if err := os.WriteFile(file+".new", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if third := restart(); third == first {
		t.Error("a token that nobody has seen was kept")
	}
	if _, err := os.Stat(file + ".new"); err == nil {
		t.Error("the marker outlives the start")
	}
}

// An operator who takes the token file away and keeps the token gets no other one.
func TestAdminTokenMovedAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stopDaemon(t, startDaemon(t, daemon.Options{StateDir: dir}))
	if err := os.Remove(daemon.AdminTokenFile(dir)); err != nil {
		t.Fatal(err)
	}
	stopDaemon(t, startDaemon(t, daemon.Options{StateDir: dir}))
	if _, err := os.Stat(daemon.AdminTokenFile(dir)); err == nil {
		t.Error("another admin token was made")
	}
}
