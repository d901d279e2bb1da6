package reportsync

// PlannedBatch is a batch with its rows; Batch.Seq is unique within the run over all attempts.
type PlannedBatch struct {
	Batch WriteBatch
	Rows  []Outcome
}

// RunProgress is where a run stands, as one of its attempts sees it.
type RunProgress struct {
	Stage       Stage
	Done, Total int64
	Counts      Counts
	// Of this attempt.
	APICalls, BulkBatches, BytesSent, BytesReceived int64
}
