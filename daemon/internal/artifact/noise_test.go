package artifact_test

import (
	"encoding/base64"
	"math/rand/v2"
)

// noise is text that does not shrink, the same in every test.
type noise struct{ source *rand.ChaCha8 }

func newNoise() noise { return noise{rand.NewChaCha8([32]byte{1})} }

func (n noise) text(length int) string {
	data := make([]byte, length)
	n.source.Read(data) //nolint:errcheck // never fails
	return base64.StdEncoding.EncodeToString(data)
}
