package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"strings"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Finding is what [SelfCheck] found of one thing that the daemon stands on.
type Finding struct {
	What   string // the thing, such as "connection production"
	Detail string // what was seen, when it is well
	Err    error  // what is wrong with it, nil when nothing is
	// Warning is what may be wrong with it, which nobody but the operator knows; empty for nothing.
	Warning string
}

// SelfCheck looks at everything that a daemon with these options stands on: its folder, its key, its database, its
// bucket, every connection and every source. It makes nothing that is not there yet, but brings a database of an older version up to
// date, as a start would. When a daemon holds the database, that one lists connections and sources and tries the
// connections, by the client that live makes. Folders are opened from here, with the rights of whoever checks.
func SelfCheck(ctx context.Context, o Options, live func() (*api.Client, error)) []Finding {
	cfg, err := o.settings()
	if err != nil {
		return []Finding{{What: "settings", Err: err}}
	}
	c := &selfCheck{cfg: cfg}
	c.stateDir()
	c.fileRoots()
	c.artifacts(ctx)
	key := c.key()
	switch s := c.database(ctx, key); {
	case s != nil:
		c.offline(ctx, s)
		c.note("database closed", "", s.Close())
	case c.inUse:
		c.online(ctx, live)
	}
	return c.findings
}

// CheckRunning asks a daemon that runs somewhere, by the client that live makes, whether it answers and whether its
// connections log in. Its folders can't be seen from here.
func CheckRunning(ctx context.Context, live func() (*api.Client, error)) []Finding {
	c := &selfCheck{}
	if client := c.answers(ctx, live); client != nil {
		defer client.Close()
		c.connections(ctx, client.Connections(ctx), client.TestConnection)
	}
	return c.findings
}

// selfCheck gathers the findings.
type selfCheck struct {
	cfg      config.Config
	inUse    bool // a daemon holds the database
	findings []Finding
}

func (c *selfCheck) note(what, detail string, err error) {
	if err == nil && detail == "" {
		return // a clean-up that went well is nothing to tell
	}
	c.findings = append(c.findings, Finding{What: what, Detail: detail, Err: err})
}

func (c *selfCheck) stateDir() {
	const what = "state folder"
	info, err := os.Stat(c.cfg.StateDir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.note(what, c.cfg.StateDir+" will be made at the first start", nil)
	case err != nil:
		c.note(what, "", err)
	case !info.IsDir():
		c.note(what, "", fmt.Errorf("%s is no folder", c.cfg.StateDir))
	default:
		c.note(what, c.cfg.StateDir, nil)
	}
}

func (c *selfCheck) fileRoots() {
	for _, root := range c.cfg.FileRoots {
		what := "reports folder"
		entries, err := os.ReadDir(root)
		switch {
		case errors.Is(err, fs.ErrNotExist) && root == config.DefaultFileRoot(c.cfg.StateDir):
			c.note(what, root+" will be made at the first start", nil)
		case err != nil:
			c.note(what, "", err)
		default:
			c.note(what, fmt.Sprintf("%s, %d entries", root, len(entries)), nil)
		}
	}
}

// artifacts tries the bucket as a run would use it.
func (c *selfCheck) artifacts(ctx context.Context) {
	const what = "artifacts"
	if folder, ok := strings.CutPrefix(c.cfg.ArtifactsURL, artifact.SchemeFile); ok {
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			c.note(what, folder+" will be made at the next start", nil)
			c.warn(unshared(c.cfg))
			return
		}
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	bucket, err := artifact.Open(ctx, c.cfg.ArtifactsURL)
	if err != nil {
		c.note(what, "", err)
		return
	}
	err = bucket.Check(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = reportsync.Errorf(reportsync.CodeUnavailable, "%s gave no answer within %s", bucket, checkTimeout)
	}
	c.note(what, bucket.String()+" can be written, read and cleared", errors.Join(err, bucket.Close()))
	c.warn(unshared(c.cfg))
}

// warn adds what may be wrong to the last finding.
func (c *selfCheck) warn(text string) { c.findings[len(c.findings)-1].Warning = text }

// key returns nil when there is none yet, or none that can be used.
func (c *selfCheck) key() *store.Keyring {
	const what = "encryption key"
	path := c.cfg.EncryptionKeyFile
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && c.cfg.CreateKey {
		c.note(what, path+" will be made at the first start", nil)
		return nil
	}
	key, err := loadGivenKey(path)
	c.note(what, path, err)
	if err != nil {
		return nil
	}
	return key
}

// database opens the store, nil when it is not there yet, is held by a daemon, or can't be opened.
func (c *selfCheck) database(ctx context.Context, key *store.Keyring) *store.Store {
	const what = "database"
	if path, ok := strings.CutPrefix(c.cfg.DatabaseURL, "sqlite://"); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			c.note(what, path+" will be made at the first start", nil)
			return nil
		}
	}
	if key == nil {
		c.note(what, "", errors.New("not opened: its key is missing"))
		return nil
	}
	s, err := store.Open(ctx, store.Options{URL: c.cfg.DatabaseURL, Key: key, Logger: hclog.NewNullLogger()})
	if reportsync.CodeOf(err) == reportsync.CodeConflict {
		c.inUse = true
		e, _ := errors.AsType[*reportsync.Error](err)
		c.note(what, e.Message, nil)
		return nil
	}
	if err != nil {
		c.note(what, "", err)
		return nil
	}
	c.note(what, fmt.Sprintf("%s, opens with the key", s.Dialect()), nil)
	return s
}

// offline looks at what an open store holds.
func (c *selfCheck) offline(ctx context.Context, s *store.Store) {
	look := &checks{store: s, orgs: newOrgs(s, hclog.NewNullLogger())}
	defer look.orgs.close()
	c.connections(ctx, pages(ctx, s.Connections), look.TestConnection)
	c.sources(ctx, pages(ctx, s.Sources))
}

// online asks the daemon that holds the database.
func (c *selfCheck) online(ctx context.Context, live func() (*api.Client, error)) {
	if client := c.answers(ctx, live); client != nil {
		defer client.Close()
		c.connections(ctx, client.Connections(ctx), client.TestConnection)
		c.sources(ctx, client.Sources(ctx))
	}
}

// answers returns a client of a daemon that answers, nil when it does not.
func (c *selfCheck) answers(ctx context.Context, live func() (*api.Client, error)) *api.Client {
	client, err := live()
	if err != nil {
		c.note("config API", "", err)
		return nil
	}
	if err := client.Health(ctx); err != nil {
		client.Close()
		c.note("config API", "", err)
		return nil
	}
	c.note("config API", client.Endpoint()+" answers", nil)
	return client
}

func (c *selfCheck) connections(ctx context.Context, all iter.Seq2[reportsync.Connection, error], test func(context.Context, string) (api.ConnectionTest, error)) {
	for connection, err := range all {
		if err != nil {
			c.note("connections", "", err)
			return
		}
		found, err := test(ctx, connection.ID)
		c.note("connection "+connection.Name, fmt.Sprintf("%s, logged in as %s", found.InstanceURL, found.Username), err)
	}
}

func (c *selfCheck) sources(ctx context.Context, all iter.Seq2[reportsync.Source, error]) {
	folders := sources{roots: c.cfg.FileRoots, log: hclog.NewNullLogger()}
	for source, err := range all {
		if err != nil {
			c.note("sources", "", err)
			return
		}
		files, err := folders.open(source.SourceSpec)
		if err != nil {
			c.note("source "+source.Name, "", err)
			continue
		}
		reports, err := files.List(ctx)
		c.note("source "+source.Name, fmt.Sprintf("%s, %d reports", source.Files.URL, len(reports)), errors.Join(err, files.Close()))
	}
}

// pages walks through a list of the store.
func pages[T any](ctx context.Context, list func(context.Context, store.List) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for cursor, more := "", true; more; more = cursor != "" {
			page, next, err := list(ctx, store.List{Cursor: cursor})
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page {
				if !yield(item, nil) {
					return
				}
			}
			cursor = next
		}
	}
}
