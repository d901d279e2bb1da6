package rowlog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// What can be read at all can be written down again, and is the same then.
func FuzzUnpack(f *testing.F) {
	f.Add(rowlog.Pack([]reportsync.Outcome{{Row: 1, Line: 2, Kind: reportsync.Updated}, {Row: 2, Kind: reportsync.Failed, Message: "<&>"}}))
	f.Add(rowlog.Pack(nil))
	f.Add([]byte("\x28\xb5\x2f\xfd"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := unpack(data)
		if err != nil {
			return
		}
		again, err := unpack(rowlog.Pack(rows))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("read again (-first +second):\n%s", diff)
		}
	})
}
