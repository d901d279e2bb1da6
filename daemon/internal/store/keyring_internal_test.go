package store

import (
	"bytes"
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"
)

func testKeyring(t rapid.TB, fill byte) *Keyring {
	t.Helper()
	k, err := newKeyring(bytes.Repeat([]byte{fill}, keyBytes))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealAndUnseal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k, other := testKeyring(t, 1), testKeyring(t, 2)
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		owner := rapid.String().Draw(t, "owner")
		sealed, err := k.seal(plain, owner)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.unseal(sealed, owner)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("unsealed %q, %v; want %q", got, err, plain)
		}
		if _, err := k.unseal(sealed, owner+"x"); err == nil {
			t.Fatal("unsealed for another owner")
		}
		if _, err := other.unseal(sealed, owner); err == nil {
			t.Fatal("unsealed with another key")
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		sealed[at] ^= 0x40
		if _, err := k.unseal(sealed, owner); err == nil {
			t.Fatal("unsealed what was tampered with")
		}
		if _, err := k.unseal(nil, owner); err == nil {
			t.Fatal("unsealed nothing")
		}
	})
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	k := testKeyring(t, 1)
	seen := map[string]string{}
	for name, sum := range map[string][]byte{
		"a, b":            k.fingerprint("a", "b"),
		"ab":              k.fingerprint("ab"),
		"ab, nothing":     k.fingerprint("ab", ""),
		"b, a":            k.fingerprint("b", "a"),
		"a, b; other key": testKeyring(t, 2).fingerprint("a", "b"),
	} {
		h := hex.EncodeToString(sum)
		if first, twice := seen[h]; twice {
			t.Errorf("%s and %s have one fingerprint", first, name)
		}
		seen[h] = name
	}
	if !bytes.Equal(k.fingerprint("a", "b"), testKeyring(t, 1).fingerprint("a", "b")) {
		t.Error("the fingerprint changes from time to time")
	}
}

func TestStorable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain ü": "plain ü", "nul\x00nul": "nul\uFFFDnul", "bad\xff\xfebytes": "bad\uFFFDbytes", "": "",
	} {
		if got := storable([]any{7, in, nil})[1]; got != want {
			t.Errorf("%q is stored as %q, want %q", in, got, want)
		}
	}
}
