// Package testenv finds what the test suites need beside Go: a PostgreSQL database, a Terraform CLI, real
// report files, systemd's own checker.
//
// Each finder takes the test and returns a thing that is ready to use and is cleaned up with the test. What
// this machine does not have skips the test with the reason and the way to get it; .ci/run installs
// everything and lets no test be skipped.
package testenv
