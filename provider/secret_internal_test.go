package provider

import (
	"bytes"
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// privateMemory is private state as the framework keeps it.
type privateMemory map[string][]byte

func (p privateMemory) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) {
	return p[key], nil
}

func (p privateMemory) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

func TestSentSecret(t *testing.T) {
	t.Parallel()
	const secret = reportsync.Secret("s3cret-of-the-app")
	private, diags := privateMemory{}, diag.Diagnostics{}
	var sent sentSecret
	if sent.load(t.Context(), private, &diags) {
		t.Fatal("loaded a secret from an empty private state")
	}
	remember(secret, "f1").save(t.Context(), private, &diags)
	if !sent.load(t.Context(), private, &diags) || diags.HasError() {
		t.Fatalf("could not load what was saved: %v", diags)
	}
	if sent.Fingerprint != "f1" || !sent.comparable() || !sent.is(secret) || sent.is(secret+" ") || sent.is("") {
		t.Errorf("the secret was not recognised: %v", sent)
	}
	if bytes.Contains(private[privateSecret], []byte(secret.Reveal())) {
		t.Error("the private state holds the secret in clear")
	}
	if again := remember(secret, "f1"); bytes.Equal(again.Salt, sent.Salt) || bytes.Equal(again.Hash, sent.Hash) {
		t.Error("two memories of a secret have the same salt")
	}
	private[privateSecret] = []byte(`"nonsense"`)
	if sent.load(t.Context(), private, &diags) || !diags.HasError() {
		t.Error("nonsense in the private state was taken for a memory")
	}
}
