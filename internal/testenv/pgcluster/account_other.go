//go:build !linux

package pgcluster

import (
	"errors"
	"os"
	"syscall"
)

// account is who runs the server: outside Linux always the account of this process.
type account struct{}

// serverAccount refuses root, as PostgreSQL itself would.
func serverAccount() (*account, error) {
	if os.Geteuid() == 0 {
		return nil, errors.New("PostgreSQL refuses to run as root; run the tests as an ordinary user")
	}
	return &account{}, nil
}

func (*account) processAttributes() *syscall.SysProcAttr { return nil }

func (*account) own(string) error { return nil }

func (*account) tempDir() string { return os.TempDir() }
