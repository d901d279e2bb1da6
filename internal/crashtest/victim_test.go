package crashtest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// journalPoints are the methods of package store that write what a run is recovered from.
var journalPoints = []string{
	"Store.ClaimRun", "Journal.Log", "Journal.Progress", "Journal.PinReport", "Journal.Facts",
	"Journal.Plan", "Journal.MarkBatch", "Journal.Settle", "Store.FinishRun",
}

// blow is the commit that an attempt dies at: the nth by a method, counted from the claim on.
type blow struct {
	Write string `json:"write"` // one of journalPoints; empty for any of them
	Nth   int    `json:"nth"`
	After bool   `json:"after"` // the commit still happens, but its caller never hears of it
}

// victim lives in a daemon and stands around the commits of its store. It takes its blow from a folder that the daemons
// of a world share: whichever claims the run next is to die.
type victim struct {
	folder string

	mu   sync.Mutex
	blow blow
	seen map[string]int // commits since the claim, by method
}

// The files of a victim's folder.
const (
	blowFile  = "blow.json"
	traceFile = "trace" // the methods whose commits went through, one a line
)

func (v *victim) commit(commit func() error) error {
	write := committer()
	if !slices.Contains(journalPoints, write) {
		return commit()
	}
	b, fatal, err := v.count(write)
	if err != nil {
		return err
	}
	if fatal && !b.After {
		die()
	}
	if err := commit(); err != nil {
		return err
	}
	if fatal {
		die()
	}
	return v.trace(write)
}

// count reports whether a commit is the last one, and which blow that is.
func (v *victim) count(write string) (b blow, fatal bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if write == "Store.ClaimRun" {
		v.seen = map[string]int{}
		if v.blow, err = v.take(); err != nil {
			return b, false, err
		}
	}
	v.seen[write]++
	v.seen[""]++
	return v.blow, v.blow.Nth > 0 && v.seen[v.blow.Write] == v.blow.Nth && (v.blow.Write == "" || v.blow.Write == write), nil
}

// take takes the blow that is there, if any, from whoever comes later.
func (v *victim) take() (b blow, err error) {
	mine := filepath.Join(v.folder, fmt.Sprintf("taken-%d.json", os.Getpid()))
	err = os.Rename(filepath.Join(v.folder, blowFile), mine)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return b, err
	}
	text, err := os.ReadFile(mine)
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(text, &b)
}

func (v *victim) trace(write string) (err error) {
	f, err := os.OpenFile(filepath.Join(v.folder, traceFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = fmt.Fprintln(f, write)
	return err
}

// die is SIGKILL to this process, so that nothing of it runs any more.
func die() {
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Kill() // it can't be refused
	}
	select {}
}

// committer names the method of package store that commits, such as Journal.Plan: the outermost one on the stack.
func committer() (method string) {
	const store = "github.com/reportsync/terraform-provider-reportsync/daemon/internal/store."
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	for {
		frame, more := frames.Next()
		name, inStore := strings.CutPrefix(frame.Function, store)
		if inStore {
			method = name
		}
		if !more || method != "" && !inStore {
			return strings.NewReplacer("(*", "", ")", "").Replace(method)
		}
	}
}
