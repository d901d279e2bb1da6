package provider

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"golang.org/x/crypto/argon2"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// privateSecret is the key of the private state that tells whether a secret has changed.
const privateSecret = "client_secret"

// Cost of a hash, as OWASP's Password Storage Cheat Sheet recommends for Argon2id: private state is stored in clear, so
// guessing must be dear.
const (
	hashTime      = 2
	hashMemoryKiB = 19 * 1024
	hashThreads   = 1
	hashLength    = 32
	saltLength    = 16
)

// sentSecret remembers the secret that was sent last, without telling it.
type sentSecret struct {
	Salt        []byte `json:"salt,omitempty"`
	Hash        []byte `json:"hash,omitempty"` // absent after an import: Terraform has not sent anything
	Fingerprint string `json:"fingerprint"`    // the daemon's, right after it was sent
}

// remember makes the memory of a secret that was sent.
func remember(secret reportsync.Secret, fingerprint string) *sentSecret {
	salt := make([]byte, saltLength)
	rand.Read(salt)
	return &sentSecret{Salt: salt, Hash: hash(secret, salt), Fingerprint: fingerprint}
}

func hash(secret reportsync.Secret, salt []byte) []byte {
	return argon2.IDKey([]byte(secret.Reveal()), salt, hashTime, hashMemoryKiB, hashThreads, hashLength)
}

// comparable reports whether a secret can be told from the one that was sent.
func (s *sentSecret) comparable() bool { return len(s.Hash) > 0 }

// is reports whether the secret is the one that was sent.
func (s *sentSecret) is(secret reportsync.Secret) bool {
	return subtle.ConstantTimeCompare(hash(secret, s.Salt), s.Hash) == 1
}

// privateReader and privateWriter are the halves of a resource's private state, whose type the framework hides.
type (
	privateReader interface {
		GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	}
	privateWriter interface {
		SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
	}
)

// load reads the memory from private state; false means that there is none.
func (s *sentSecret) load(ctx context.Context, private privateReader, diags *diag.Diagnostics) bool {
	text, more := private.GetKey(ctx, privateSecret)
	diags.Append(more...)
	if len(text) == 0 {
		return false
	}
	if err := json.Unmarshal(text, s); err != nil {
		diags.AddError("The connection's private state can't be read", "It is no memory of a secret: "+err.Error())
		return false
	}
	return true
}

// save writes the memory to private state.
func (s *sentSecret) save(ctx context.Context, private privateWriter, diags *diag.Diagnostics) {
	text, err := json.Marshal(s)
	if err != nil {
		diags.AddError("The connection's private state can't be written", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, privateSecret, text)...)
}
