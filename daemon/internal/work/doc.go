// Package work decides what is due and who runs it, and takes over from nodes that died.
//
// # The flow
//
// A run is a row of the store: queued, then held by one attempt of one node under a lease, then ended. River moves it:
// a job names the run, and whichever node fetches the job claims the run. The store's claim alone decides who holds a
// run, so a job that comes late, twice, or for a run that has ended does nothing. A run that waits for a newer report
// takes no place meanwhile: the store keeps it back until its time, and then it is queued like any other.
//
//	Node.StartRun     a run is stored and a job for it inserted (node.go)
//	sweep.go          every second: expired leases go back to the queue, due slots start
//	deliver.go        queued runs get their job
//	schedule.go       which slots are due: pure, from the store's states and a moment
//	queue.go          River over SQLite or PostgreSQL
//	attempt.go        one attempt: claim, execute, and what becomes of the run afterwards
//	lease.go          the attempt's lease: renewed while it works, and its context ended when the lease is lost
//
// # Nodes
//
// Every node sweeps; nothing waits for a leader, so nothing is late when one dies. What two nodes may do at once is
// made harmless by the store: a slot is unique per integration and only one run of an integration can be live
// (invariant 3), a lease is taken over only once it has expired (invariant 6).
//
// # Three lifetimes
//
// Stop ends them in order: first the sweep, so that nothing new is started; then the attempts, whose contexts get the
// cause [reportsync.ErrShutdown] and which settle what is in flight; last the saving of where each run stands, on
// contexts that no longer end with the attempt.
package work
