package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync/atomic"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
)

// mint makes tokens: opaque, never twice the same, and equal for equal seeds.
type mint struct {
	secret string
	seed   uint64
	issued atomic.Uint64
}

func (m *mint) bytes(purpose string) []byte {
	mac := hmac.New(sha256.New, []byte(m.secret+purpose))
	var number [16]byte
	binary.BigEndian.PutUint64(number[:8], m.seed)
	binary.BigEndian.PutUint64(number[8:], m.issued.Add(1))
	mac.Write(number[:])
	return mac.Sum(nil)
}

// access is of the shape 00D…!….
func (m *mint) access(orgID string) string {
	sum := m.bytes("access" + orgID)
	text := base64.RawURLEncoding
	return recordid.Short(orgID) + "!AQ" + text.EncodeToString(append(sum, sum[:20]...)) + "." + text.EncodeToString(sum[:6])
}

// refresh is of the shape 5Aep861….
func (m *mint) refresh(orgID string) string {
	sum := m.bytes("refresh" + orgID)
	return "5Aep861" + base64.RawURLEncoding.EncodeToString(append(sum, sum...)) + "." + base64.RawURLEncoding.EncodeToString(sum[:5])
}

// code ends in two equals signs, which whoever puts it into a form must escape.
func (m *mint) code(orgID string) string {
	sum := m.bytes("code" + orgID)
	return "aPrx" + base64.URLEncoding.EncodeToString(append(sum, sum[:14]...)) + "=="
}
