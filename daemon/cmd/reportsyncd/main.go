// Reportsyncd is the daemon that keeps Salesforce records up to date from reports, and the command line to it.
//
// "reportsyncd serve" runs the daemon. The other commands talk to a daemon over its config API, found by the endpoint
// file in its state folder; "reportsyncd help" lists them.
package main

import (
	"context"
	"os"
)

// version is set by the build.
var version = "dev"

func main() {
	os.Exit(execute(context.Background(), os.Args[1:], standardStreams(), os.Getenv))
}
