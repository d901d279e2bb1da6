// Package crashtest kills daemons, as real processes, while they work on runs, and looks whether the next attempt ends the
// run as if nothing had happened (invariants 1 to 6). It holds tests only.
//
// The org is simulated in the test's own process, so that what it holds is beyond doubt. The daemons are processes that
// die by SIGKILL: one on SQLite, which is started again at once, as a service manager would; or two that share a
// PostgreSQL database and a bucket, of which the other one takes over.
//
//	TestKilled         daemons that the test's own program plays, with short leases: they kill themselves right before
//	                   or right after a chosen commit to the run's journal, or are killed around a chosen request to
//	                   the org
//	TestKilledShipped  reportsyncd as it is shipped, with its real leases, killed around a request to the org
//
// Each world has one way of writing and runs round after round of it: a new report, a run, some kills, a verdict.
//
//	way_test.go      the ways of writing, their reports, and what is to become of each row
//	world_test.go    an org, its daemons, and their integration
//	round_test.go    one report, one run, and what its attempts die of
//	verdict_test.go  what must hold after a round
//	strike_test.go   what an attempt dies of, and how the choice is dealt out
//	victim_test.go   dying at a commit, within the daemon
//	wire_test.go     dying at a request, from outside
//	node_test.go     a daemon's place: its folder and its process
//	process_test.go  a process that never outlives the test
//
// The flag -kills asks for more kills than the 200 that are made otherwise, -seed for others. What an attempt dies of
// follows the seed; which of two daemons it is, and what else goes on at that moment, does not.
package crashtest
