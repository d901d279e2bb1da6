package store_test

import (
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
)

var _ sync.Journal = (*store.Journal)(nil)
