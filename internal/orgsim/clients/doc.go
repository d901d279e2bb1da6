// Package clients holds no code, only tests: Salesforce clients that other people
// wrote, run unmodified against the simulated org. What they ask for and choke on
// is the one judge of the org that nobody of this project has made.
//
//	Salesforce CLI   TestCLI*            cli_*_test.go, the program sf with --json
//	jsforce          TestJSforce*        jsforce_*_test.go drive the scripts in testdata/jsforce
//	go-salesforce    TestGoSalesforce*   gosalesforce_*_test.go drive the program in gosalesforce,
//	                                     which is a module of its own
//
// # Flow
//
// A test starts an org in its own process, runs the client as a program with a
// home of its own that knows the org's address and nothing else, and then looks
// at both sides: at what the client made of the answers, and at the org's
// records, their history and the journal. Nothing leaves the machine.
//
// The tests stand behind the build tag clients, because they need programs of
// some 600 MB. "make test-clients" has scripts/salesforce-clients install those
// at the pinned versions, names their folder in REPORTSYNC_TEST_CLIENTS and runs
// the tests.
package clients
