package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// file is reportsyncd.hcl as it is written. Nil is what was left out.
type file struct {
	Listen            *string   `hcl:"listen,optional"`
	InsecureListen    *bool     `hcl:"insecure_listen,optional"`
	StateDir          *string   `hcl:"state_dir,optional"`
	DatabaseURL       *string   `hcl:"database_url,optional"`
	ArtifactsURL      *string   `hcl:"artifacts_url,optional"`
	ScratchDir        *string   `hcl:"scratch_dir,optional"`
	EncryptionKeyFile *string   `hcl:"encryption_key_file,optional"`
	FileRoots         *[]string `hcl:"file_roots,optional"`
	RetentionDays     *int      `hcl:"retention_days,optional"`
	ParallelRuns      *int      `hcl:"parallel_runs,optional"`
	Log               *logBlock `hcl:"log,block"`
	TLS               *tlsBlock `hcl:"tls,block"`
}

type logBlock struct {
	Level  *string `hcl:"level,optional"`
	Format *string `hcl:"format,optional"`
}

type tlsBlock struct {
	CertFile string `hcl:"cert_file"`
	KeyFile  string `hcl:"key_file"`
}

// Load reads the file at path and completes it; an empty path gives [Default]. What is wrong with the file comes back
// as one [reportsync.Error] that lists every mistake with its place.
func Load(path string, getenv Getenv) (Config, error) {
	if path == "" {
		return Default(getenv)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return Config{}, fmt.Errorf("find the working folder: %w", err)
	}
	source, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, reportsync.Errorf(reportsync.CodeInvalid, "there is no configuration file %s", path).
			WithHint("leave --config out to run with the defaults")
	}
	if err != nil {
		return Config{}, reportsync.Errorf(reportsync.CodeInvalid, "can't read the configuration file: %w", err)
	}
	parsed, problems := hclparse.NewParser().ParseHCL(source, path)
	if problems.HasErrors() {
		return Config{}, mistakes(problems)
	}
	var f file
	if problems = gohcl.DecodeBody(parsed.Body, nil, &f); problems.HasErrors() {
		return Config{}, mistakes(problems)
	}
	if problems = check(f, parsed.Body); problems.HasErrors() {
		return Config{}, mistakes(problems)
	}
	return complete(f, filepath.Dir(path), getenv)
}

// mistakes turns diagnostics into one error, a line each: file:line,column: what is wrong: the way out.
func mistakes(problems hcl.Diagnostics) error {
	var lines []string
	for _, p := range problems {
		line := p.Summary
		if p.Subject != nil {
			line = fmt.Sprintf("%s:%d,%d: %s", p.Subject.Filename, p.Subject.Start.Line, p.Subject.Start.Column, p.Summary)
		}
		if p.Detail != "" {
			line += ": " + p.Detail
		}
		lines = append(lines, line)
	}
	return &reportsync.Error{Code: reportsync.CodeInvalid, Message: strings.Join(lines, "\n")}
}
