package reportsync

import (
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
)

// IDPrefix tells at a glance what an id names. Ids are opaque apart from it.
type IDPrefix string

// The prefixes of ids.
const (
	ConnectionID  IDPrefix = "con_"
	SourceID      IDPrefix = "src_"
	IntegrationID IDPrefix = "int_"
	RunID         IDPrefix = "run_"
	TokenID       IDPrefix = "tok_"
)

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes an id that no other has; ids of one prefix sort by the time they were made.
func NewID(prefix IDPrefix) string {
	u := uuid.Must(uuid.NewV7())
	return string(prefix) + idEncoding.EncodeToString(u[:])
}

// Is reports whether id carries the prefix.
func (p IDPrefix) Is(id string) bool { return strings.HasPrefix(id, string(p)) }
