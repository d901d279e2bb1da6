package main

import (
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// waitLimit is how long a program may take to write its file.
const waitLimit = 30 * time.Second

// waitFile waits until a file is there and puts its first line into a variable:
// waitfile FILE VARIABLE.
func waitFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitfile file variable")
	}
	deadline := time.Now().Add(waitLimit)
	for {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil {
			ts.Setenv(args[1], strings.TrimSpace(string(text)))
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s is not there after %s", args[0], waitLimit)
		}
		time.Sleep(time.Millisecond)
	}
}

// capture puts what the first group of a pattern matches in the last output into
// a variable: capture VARIABLE PATTERN.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture variable pattern")
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("the output has nothing like %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}
