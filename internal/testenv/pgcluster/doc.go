// Package pgcluster runs a private PostgreSQL cluster for as long as one process needs it.
//
// Find looks for installed binaries; Start makes a cluster in a temporary folder with initdb and hands
// both to a guard: a shell that starts the server, says when it accepts connections, and then waits on a
// pipe whose other end only the owner holds. Stop closes that pipe. So does the kernel when the owner is
// killed, which is why no server and no data folder outlives a test process, however it ends.
//
// PostgreSQL refuses to run as root, so root's clusters belong to an unprivileged account.
package pgcluster
