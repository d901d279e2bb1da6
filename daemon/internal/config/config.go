package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
)

const (
	// DefaultListen is where the config API is served, on this machine only.
	DefaultListen = api.DefaultListen
	// DefaultRetentionDays is how long the history of finished runs is kept, with their artifacts.
	DefaultRetentionDays = 90

	maxRetentionDays = 3650

	// DefaultParallelRuns is how many scheduled runs are worked on at once, and how many on demand. Most of a run is
	// waiting for Salesforce.
	DefaultParallelRuns = 8

	maxParallelRuns = 256
)

// Config is the daemon's settings, complete: nothing is left for its users to default.
type Config struct {
	Listen            string   // host:port of the config API; port 0 takes any free one
	StateDir          string   // absolute; holds the database, the key, the admin token and the default reports folder
	DatabaseURL       string   // sqlite:///absolute/path or postgres://…; may hold a password
	ArtifactsURL      string   // file:///absolute/path, s3://…, gs://… or azblob://…
	ScratchDir        string   // absolute; what a run does not hold in memory; private, and nothing in it lasts
	EncryptionKeyFile string   // absolute
	CreateKey         bool     // the key file is the daemon's own: it is made at the first start
	FileRoots         []string // absolute; the folders that file:// sources may read
	Log               Log
	TLS               *TLS // nil: plain http
	RetentionDays     int
	ParallelRuns      int // scheduled ones, and as many on demand
}

// Log says what is logged, and how.
type Log struct {
	Level  hclog.Level
	Format Format
}

// Format is the form of log lines.
type Format string

// The formats.
const (
	FormatText Format = "text" // for people and journald
	FormatJSON Format = "json" // for log collectors
)

// TLS names the certificate of the config API, PEM files by absolute path.
type TLS struct {
	CertFile string
	KeyFile  string
}

// SharesDatabase reports whether other nodes may work on the same database: an SQLite file serves one daemon.
func (c Config) SharesDatabase() bool { return !strings.HasPrefix(c.DatabaseURL, "sqlite:") }

// Getenv reads an environment variable, as [os.Getenv] does.
type Getenv func(name string) string

// Default returns the settings of a daemon without a file: those of the state folder and of the credentials that the
// environment names.
func Default(getenv Getenv) (Config, error) {
	return complete(file{}, "", getenv)
}

// In returns the settings of a daemon that keeps everything in one folder and takes nothing from the environment.
func In(stateDir string) (Config, error) {
	stateDir, err := filepath.Abs(stateDir)
	if err != nil {
		return Config{}, fmt.Errorf("find the working folder: %w", err)
	}
	return complete(file{StateDir: &stateDir}, "", func(string) string { return "" })
}
