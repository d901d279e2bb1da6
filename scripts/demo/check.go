package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// What the quickstart's report and org must come to: it holds one of every kind of row that a real export has.
var (
	wantFirst  = reportsync.Counts{Read: 31, Updated: 22, Unchanged: 2, Unmatched: 1, Ambiguous: 1, Duplicate: 2, Invalid: 3}
	wantSecond = reportsync.Counts{Read: 31, Unchanged: 24, Unmatched: 1, Ambiguous: 1, Duplicate: 2, Invalid: 3}
)

// check holds what happened against what must have happened.
func check(first, second reportsync.Run, before, after []contact) error {
	changed := 0
	for i := range before {
		if before[i] != after[i] {
			changed++
		}
	}
	var failed []error
	for _, c := range []struct {
		what string
		ok   bool
		got  any
	}{
		{"the first run went through and rejected what is wrong with the report", first.Status == reportsync.RunCompletedWithErrors, first.Status},
		{"each of its 31 rows has one outcome, the one it should have", first.Counts == wantFirst, first.Counts},
		{"22 contacts changed in the org, and no other", changed == int(wantFirst.Updated) && len(before) == len(after), changed},
		{"it cost no more than 5 API calls", first.APICalls > 0 && first.APICalls <= 5, first.APICalls},
		{"the second run wrote nothing", second.ID != first.ID && second.Counts == wantSecond, second.Counts},
		{"the second plan was empty", true, nil}, // or the demo would have ended there
	} {
		mark := "ok  "
		if !c.ok {
			mark = "FAIL"
			failed = append(failed, fmt.Errorf("not so: %s (it is %+v)", c.what, c.got))
		}
		fmt.Printf("%s %s\n", mark, c.what)
	}
	return errors.Join(failed...)
}

// title parts the scenes; it stands out where that is possible.
func title(s string) {
	if onTerminal() {
		s = "\033[1m" + s + "\033[0m"
	}
	fmt.Printf("\n== %s\n\n", s)
}

func onTerminal() bool { return term.IsTerminal(int(os.Stdout.Fd())) }
