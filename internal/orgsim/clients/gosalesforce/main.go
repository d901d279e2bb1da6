// Command gosalesforce drives go-salesforce against an org that a test started:
// it runs one scenario, which the first argument names, and prints what came of
// it as JSON. It is a module of its own, so that what it needs never becomes what
// the product needs.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/k-capehart/go-salesforce/v3"
)

// scenarios by name: each is what one test has the client do.
var scenarios = map[string]func(*salesforce.Salesforce) (any, error){
	"query":       query,
	"record":      record,
	"collections": collections,
	"composite":   composite,
	"bulk":        bulk,
	"bulkfile":    bulkFile,
	"bulkquery":   bulkQuery,
	"sessions":    sessions,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 || scenarios[args[0]] == nil {
		return fmt.Errorf("usage: gosalesforce SCENARIO, not %q", args)
	}
	client, err := login()
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	outcome, err := scenarios[args[0]](client)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return json.NewEncoder(os.Stdout).Encode(outcome)
}

// login uses what the environment gives: a private key for the JWT bearer flow,
// else client credentials.
func login() (*salesforce.Salesforce, error) {
	creds := salesforce.Creds{Domain: os.Getenv("ORG_URL"), ConsumerKey: os.Getenv("ORG_CLIENT_ID"), ConsumerSecret: os.Getenv("ORG_CLIENT_SECRET")}
	if key := os.Getenv("ORG_KEY"); key != "" {
		creds.ConsumerSecret, creds.ConsumerRSAPem, creds.Username = "", key, os.Getenv("ORG_USERNAME")
	}
	return salesforce.Init(creds, salesforce.WithCompressionHeaders(os.Getenv("ORG_GZIP") != ""))
}

// refused is the text of an error; an operation that succeeds is one.
func refused(err error) string {
	if err == nil {
		return "was not refused"
	}
	return err.Error()
}
