package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		expires := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		ci, secret, err := b.CreateToken(ctx, reportsync.TokenSpec{Name: "ci", Role: reportsync.RoleAdmin, ExpiresAt: &expires})
		noError(t, err)
		viewer, viewerSecret, err := b.CreateToken(ctx, reportsync.TokenSpec{Name: "wall", Role: reportsync.RoleViewer})
		noError(t, err)
		if !strings.HasPrefix(secret, "rst_") || len(secret) < 70 || secret == viewerSecret {
			t.Errorf("the secret is of the wrong form, of %d characters", len(secret))
		}
		if diff := cmp.Diff([]reportsync.Token{ci, viewer}, must(b.Tokens(ctx))(t)); diff != "" {
			t.Errorf("the tokens (-want +got):\n%s", diff)
		}
		for secret, want := range map[string]reportsync.Token{secret: ci, viewerSecret: viewer} {
			if diff := cmp.Diff(want, must(b.TokenBySecret(ctx, secret))(t)); diff != "" {
				t.Errorf("by secret (-want +got):\n%s", diff)
			}
		}
		_, _, err = b.CreateToken(ctx, reportsync.TokenSpec{Name: "ci", Role: reportsync.RoleViewer})
		wantCode(t, err, reportsync.CodeConflict, `token with the name "ci"`)
		wantPointer(t, err, "/name")

		noError(t, b.DeleteToken(ctx, ci.ID))
		_, err = b.TokenBySecret(ctx, secret)
		wantCode(t, err, reportsync.CodeUnauthorized, "not known")
		wantCode(t, b.DeleteToken(ctx, ci.ID), reportsync.CodeNotFound, ci.ID)
	})
}

func TestWrongTokens(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		_, secret, err := b.CreateToken(ctx, reportsync.TokenSpec{Name: "ci", Role: reportsync.RoleAdmin})
		noError(t, err)
		_, other, err := b.CreateToken(ctx, reportsync.TokenSpec{Name: "other", Role: reportsync.RoleViewer})
		noError(t, err)
		_, random, _ := strings.Cut(strings.TrimPrefix(other, "rst_"), "_")
		id, _, _ := strings.Cut(strings.TrimPrefix(secret, "rst_"), "_")
		for name, wrong := range map[string]string{
			"empty":          "",
			"foreign":        "ghp_0123456789",
			"only a prefix":  "rst_",
			"only an id":     "rst_" + id,
			"no random part": "rst_" + id + "_",
			"cut off":        secret[:len(secret)-1],
			"with more":      secret + "A",
			"mixed":          "rst_" + id + "_" + random,
			"unknown id":     "rst_0" + id + "_" + random,
			"with a NUL":     "rst_" + id + "\x00_" + random,
		} {
			_, err := b.TokenBySecret(ctx, wrong)
			message := wantCode(t, err, reportsync.CodeUnauthorized)
			if wrong != "" && strings.Contains(message, wrong) {
				t.Errorf("%s: the error shows what was sent", name)
			}
		}
	})
}

func TestExpiredToken(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		past := time.Now().Add(-time.Second)
		_, secret, err := b.CreateToken(t.Context(), reportsync.TokenSpec{Name: "old", Role: reportsync.RoleAdmin, ExpiresAt: &past})
		noError(t, err)
		_, err = b.TokenBySecret(t.Context(), secret)
		wantCode(t, err, reportsync.CodeUnauthorized, `"old" expired at`)
	})
}
