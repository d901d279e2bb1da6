package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// adminTokenName is the name of the token that a first start makes.
const adminTokenName = "admin"

// ensureAdminToken makes the first admin token, so that somebody can configure a new daemon. A marker file stands
// beside its own while it is being made: a start that was cut off in between leaves a token that nobody has seen, and
// the next one replaces it.
func (d *Daemon) ensureAdminToken(ctx context.Context) error {
	path := d.AdminTokenFile()
	marker := path + ".new"
	tokens, err := d.store.Tokens(ctx)
	if err != nil {
		return fmt.Errorf("list tokens: %w", err)
	}
	_, err = os.Stat(marker)
	interrupted := err == nil
	if !interrupted && slices.ContainsFunc(tokens, usableAdmin) {
		return nil
	}
	if err := writeFile(marker, "", 0o600); err != nil {
		return err
	}
	for _, t := range tokens {
		if t.Name == adminTokenName && (interrupted || !usableAdmin(t)) {
			if err := d.store.DeleteToken(ctx, t.ID); err != nil {
				return fmt.Errorf("delete the token of an earlier start: %w", err)
			}
		}
	}
	_, secret, err := d.store.CreateToken(ctx, reportsync.TokenSpec{Name: adminTokenName, Role: reportsync.RoleAdmin})
	switch {
	case reportsync.CodeOf(err) == reportsync.CodeConflict:
		// Another node on the same database was first, and has it in its own state folder.
	case err != nil:
		return fmt.Errorf("make the first admin token: %w", err)
	default:
		if err := writeFile(path, secret+"\n", 0o600); err != nil {
			return err
		}
		d.log.Info("made an admin token", "file", path)
	}
	if err := os.Remove(marker); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the marker of the admin token: %w", err)
	}
	return nil
}

func usableAdmin(t reportsync.Token) bool {
	return t.Role == reportsync.RoleAdmin && (t.ExpiresAt == nil || t.ExpiresAt.After(time.Now()))
}
