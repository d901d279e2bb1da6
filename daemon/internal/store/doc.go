// Package store keeps what the daemon must not forget: configuration with sealed secrets, the revisions that runs use,
// runs with their leases, logs and row outcomes, tokens and the answers to idempotent requests.
//
// # Flow
//
// [Open] locks and migrates a database and proves that the given [Keyring] is the one it was sealed with.
// Configuration comes in as specs: a spec is stored as JSON without its secret, which is sealed with the object's id as
// associated data. A run is made by [Store.CreateRun], taken up by [Store.ClaimRun] under a lease, filled through a
// [Journal] and ended by [Store.FinishRun]. A node that dies stops renewing its lease; [Store.RequeueExpired] then gives
// the run to another. Every write of a journal checks within its own transaction that the attempt still holds the run,
// so a node that was only slow can't write into the attempt that replaced it.
//
// # The journal
//
// What recovery from a crash takes of a run's rows is kept as segments: some thousand planned rows or answers each, packed
// by package rowlog, so that a million of them is hundreds of inserts. When a run ends with an artifact, which has the
// outcomes of all its rows, its segments go. Of a run without one (live, or broken off) the outcomes are put together
// from the segments when they are asked for (fold.go), a part of the rows at a time.
//
// # Two engines
//
// SQLite serves one machine: one connection writes and starts its transactions as writer, others read beside it from
// the write-ahead log, and a lock file keeps a second daemon out. PostgreSQL serves several nodes: rows are locked where
// two of them could meet, and the constraints of the schema guard what must hold (invariant 3). The SQL is shared where
// both understand it; migrations come in twins of equal numbers, or are in Go. Times are stored as microseconds of Unix time,
// structures as JSON text.
package store
