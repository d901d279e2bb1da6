package config

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

var (
	logLevels       = []string{"trace", "debug", "info", "warn", "error"}
	logFormats      = []string{string(FormatText), string(FormatJSON)}
	databaseSchemes = []string{"sqlite", "postgres", "postgresql"}
)

// checker gathers what is wrong with values and knows where each of them stands.
type checker struct {
	body     *hclsyntax.Body
	problems hcl.Diagnostics
}

// check reports every value that breaks a rule, in the order of the settings.
func check(f file, body hcl.Body) hcl.Diagnostics {
	c := &checker{}
	c.body, _ = body.(*hclsyntax.Body)
	c.listen(f)
	c.notEmpty("state_dir", f.StateDir)
	c.databaseURL(f.DatabaseURL)
	c.artifactsURL(f.ArtifactsURL)
	c.notEmpty("scratch_dir", f.ScratchDir)
	c.notEmpty("encryption_key_file", f.EncryptionKeyFile)
	if f.FileRoots != nil {
		c.fileRoots(*f.FileRoots)
	}
	if d := f.RetentionDays; d != nil && (*d < 1 || *d > maxRetentionDays) {
		c.add("retention_days", "%d is not between 1 and %d days", *d, maxRetentionDays)
	}
	if n := f.ParallelRuns; n != nil && (*n < 1 || *n > maxParallelRuns) {
		c.add("parallel_runs", "%d is not between 1 and %d", *n, maxParallelRuns)
	}
	if f.Log != nil {
		c.oneOf("log.level", f.Log.Level, logLevels)
		c.oneOf("log.format", f.Log.Format, logFormats)
	}
	if f.TLS != nil {
		c.notEmpty("tls.cert_file", &f.TLS.CertFile)
		c.notEmpty("tls.key_file", &f.TLS.KeyFile)
	}
	return c.problems
}

// add blames the setting, given as name or block.name.
func (c *checker) add(setting, format string, args ...any) {
	c.problems = append(c.problems, &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  setting,
		Detail:   fmt.Sprintf(format, args...),
		Subject:  c.place(setting),
	})
}

// place finds the value of a setting in the file.
func (c *checker) place(setting string) *hcl.Range {
	body, name := c.body, setting
	if block, inner, nested := strings.Cut(setting, "."); nested {
		at := slices.IndexFunc(body.Blocks, func(b *hclsyntax.Block) bool { return b.Type == block })
		body, name = body.Blocks[at].Body, inner
	}
	return body.Attributes[name].Expr.Range().Ptr()
}

func (c *checker) notEmpty(setting string, value *string) {
	if value != nil && strings.TrimSpace(*value) == "" {
		c.add(setting, "must not be empty: leave it out for the default")
	}
}

func (c *checker) oneOf(setting string, value *string, allowed []string) {
	if value != nil && !slices.Contains(allowed, *value) {
		c.add(setting, "%q is not one of %s%s", *value, strings.Join(allowed, ", "), reportsync.DidYouMean(*value, allowed))
	}
}

// listen refuses plain http on an address that others can reach: the bearer tokens would travel in clear.
func (c *checker) listen(f file) {
	if f.Listen == nil {
		return
	}
	host, port, err := net.SplitHostPort(*f.Listen)
	if err != nil {
		c.add("listen", "%q is no address: give host:port such as %s, or host:0 for any free port", *f.Listen, DefaultListen)
		return
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		c.add("listen", "%q is no port: give a number from 0 (any free port) to 65535", port)
		return
	}
	insecure := f.InsecureListen != nil && *f.InsecureListen
	if !reportsync.IsLoopback(host) && f.TLS == nil && !insecure {
		c.add("listen", "others can reach %q, where tokens would travel in clear: add a tls block with cert_file and key_file, "+
			"listen on 127.0.0.1:%s, or set insecure_listen = true if a proxy in front of it ends TLS", *f.Listen, port)
	}
}

// databaseURL never repeats the value: it may hold a password.
func (c *checker) databaseURL(value *string) {
	if value == nil {
		return
	}
	scheme, rest, found := strings.Cut(*value, "://")
	switch {
	case !found || rest == "":
		c.add("database_url", "is no URL: give sqlite:///path/to/reportsync.db or postgres://user:password@host/database")
	case !slices.Contains(databaseSchemes, scheme):
		c.add("database_url", "%q is no kind of database that reportsyncd knows: use sqlite:// or postgres://%s",
			scheme, reportsync.DidYouMean(scheme, databaseSchemes))
	}
}

func (c *checker) artifactsURL(value *string) {
	if value == nil {
		return
	}
	if err := artifact.CheckURL(*value); err != nil {
		c.add("artifacts_url", "%s", err)
	}
}

func (c *checker) fileRoots(roots []string) {
	if len(roots) == 0 {
		c.add("file_roots", "must name at least one folder: leave it out for the folder reports in state_dir")
	}
	for _, root := range roots {
		if strings.TrimSpace(root) == "" {
			c.add("file_roots", "must not hold an empty path")
		}
	}
}

// level is the log level of a checked name.
func level(name *string) hclog.Level {
	if name == nil {
		return hclog.Info
	}
	return hclog.LevelFromString(*name)
}
