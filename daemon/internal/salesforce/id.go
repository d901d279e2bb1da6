package salesforce

import "github.com/reportsync/terraform-provider-reportsync/internal/recordid"

// ID18 returns a record id in its form of 18 characters, which stays apart from others when case is
// ignored. An id of 15 gets its checksum; one of 18 must have the right one.
func ID18(id string) (string, error) { return recordid.Full(id) }
