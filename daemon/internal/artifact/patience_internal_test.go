package artifact

import "time"

// SetPatience makes a bucket less patient.
func (b *Bucket) SetPatience(limit time.Duration) { b.patience = limit }
