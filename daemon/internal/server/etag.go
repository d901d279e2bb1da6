package server

import (
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// anyRevision stands for a request without a precondition.
const anyRevision int64 = 0

// ifMatch reads an If-Match header: the revision that must still stand, or anyRevision.
func ifMatch(header string) (int64, error) {
	header = strings.TrimSpace(header)
	if header == "" || header == "*" {
		return anyRevision, nil
	}
	n, ok := revisionOf(header)
	if !ok {
		return 0, reportsync.Errorf(reportsync.CodePreconditionFailed, "If-Match %s is no revision of this API", header).
			WithHint(`send the ETag of the last answer as it stands, such as "3" with its quotes`)
	}
	return n, nil
}

// ifNoneMatch reports whether an If-None-Match header names the revision: the client has it already. Such tags compare
// weakly (RFC 9110, section 13.1.2).
func ifNoneMatch(header string, revision int64) bool {
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimSpace(tag)
		if n, ok := revisionOf(strings.TrimPrefix(tag, "W/")); tag == "*" || ok && n == revision {
			return true
		}
	}
	return false
}

func revisionOf(tag string) (int64, bool) {
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	return n, err == nil && n > 0 && api.ETag(n) == tag
}
