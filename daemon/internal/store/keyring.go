package store

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

const (
	keyBytes = 32
	// sealedVersion starts every sealed value, so that another cipher can follow one day.
	sealedVersion = 1
	// fingerprintBytes is enough to tell any two secrets apart.
	fingerprintBytes = 16
)

// Keyring seals secrets and makes fingerprints. One random key stands behind it; what it does with it uses keys derived
// from that one, so that no two uses can be played against each other.
type Keyring struct {
	aead  tink.AEAD
	mac   []byte
	check string
}

func newKeyring(master []byte) (*Keyring, error) {
	derive := func(use string) ([]byte, error) {
		return hkdf.Key(sha256.New, master, nil, "reportsync "+use, keyBytes)
	}
	sealing, err := derive("sealing")
	if err != nil {
		return nil, fmt.Errorf("derive the sealing key: %w", err)
	}
	mac, err := derive("fingerprints")
	if err != nil {
		return nil, fmt.Errorf("derive the fingerprint key: %w", err)
	}
	check, err := derive("check value")
	if err != nil {
		return nil, fmt.Errorf("derive the check value: %w", err)
	}
	// Its nonces are long enough to be drawn at random for as long as the key lives.
	aead, err := subtle.NewXChaCha20Poly1305(sealing)
	if err != nil {
		return nil, fmt.Errorf("make the cipher: %w", err)
	}
	return &Keyring{aead: aead, mac: mac, check: hex.EncodeToString(check)}, nil
}

// seal encrypts plain and binds it to owner: it opens for the same owner only.
func (k *Keyring) seal(plain []byte, owner string) ([]byte, error) {
	sealed, err := k.aead.Encrypt(plain, []byte(owner))
	if err != nil {
		return nil, fmt.Errorf("seal a secret of %s: %w", owner, err)
	}
	return append([]byte{sealedVersion}, sealed...), nil
}

// unseal undoes seal.
func (k *Keyring) unseal(sealed []byte, owner string) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != sealedVersion {
		return nil, fmt.Errorf("unseal a secret of %s: %w", owner, errors.New("it was sealed in a way that this version does not know"))
	}
	plain, err := k.aead.Decrypt(sealed[1:], []byte(owner))
	if err != nil {
		return nil, fmt.Errorf("unseal a secret of %s: %w", owner, err)
	}
	return plain, nil
}

// fingerprint changes whenever one of the parts does, and tells nothing about them to who has no key.
func (k *Keyring) fingerprint(parts ...string) []byte {
	h := hmac.New(sha256.New, k.mac)
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p) // with its length, so that no two lists of parts read the same
	}
	return h.Sum(nil)[:fingerprintBytes]
}
