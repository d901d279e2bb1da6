package bulk

import (
	"slices"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
)

// The states of a job (Bulk API 2.0 guide: job states).
const (
	stateOpen       = "Open"
	stateUploaded   = "UploadComplete"
	stateInProgress = "InProgress"
	stateComplete   = "JobComplete"
	stateFailed     = "Failed"
	stateAborted    = "Aborted"
)

const (
	ingestPath = "/jobs/ingest"
	queryPath  = "/jobs/query"
	firstJob   = 62 * 62 * 11
)

// How long jobs live. Those older than seven days are removed whatever their state,
// and one older than 24 hours takes no more data, though it stays open (Salesforce
// Help 000386004: job and batch aging rules).
const (
	keptFor = 7 * 24 * time.Hour
	openFor = 24 * time.Hour
)

// jobs numbers the Bulk jobs and keeps them by kind.
type jobs struct {
	pod string

	mu   sync.Mutex
	next uint64

	ingest registry[*ingestJob]
	query  registry[*queryJob]
}

func newJobs(pod string) *jobs { return &jobs{pod: pod} }

// number gives the next job's number and id.
func (j *jobs) number() (uint64, string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next++
	return j.next, recordid.Make("750", j.pod, firstJob+j.next)
}

func (j *jobs) clear() {
	j.ingest.clear()
	j.query.clear()
}

// forget ends and drops the jobs that were created before a time.
func (j *jobs) forget(before time.Time) {
	j.ingest.forget(before)
	j.query.forget(before)
}

// anyJob is a job of either kind.
type anyJob interface {
	comparable
	base() *job
}

// registry keeps the jobs of one kind, oldest first. The zero value has none.
type registry[J anyJob] struct {
	mu    sync.Mutex
	byID  map[string]J
	order []J
}

func (r *registry[J]) add(j J) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID == nil {
		r.byID = map[string]J{}
	}
	r.byID[j.base().id] = j
	r.order = append(r.order, j)
}

func (r *registry[J]) find(id string) (J, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j, ok := r.byID[id]
	return j, ok
}

func (r *registry[J]) all() []J {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.order)
}

func (r *registry[J]) remove(j J) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byID, j.base().id)
	r.order = slices.DeleteFunc(r.order, func(other J) bool { return other == j })
}

// forget ends and drops the jobs that were created before a time, which come first.
func (r *registry[J]) forget(before time.Time) {
	r.mu.Lock()
	n := 0
	for ; n < len(r.order) && r.order[n].base().created.Before(before); n++ {
		delete(r.byID, r.order[n].base().id)
	}
	old := slices.Clone(r.order[:n])
	r.order = slices.Delete(r.order, 0, n)
	r.mu.Unlock()
	for _, j := range old {
		j.base().end()
	}
}

// clear ends all jobs and forgets them.
func (r *registry[J]) clear() {
	r.mu.Lock()
	ended := r.order
	r.byID, r.order = nil, nil
	r.mu.Unlock()
	for _, j := range ended {
		j.base().end()
	}
}

// job is what both kinds of jobs have. The fields below mu change.
type job struct {
	number    uint64
	id        string
	path      string // of the resource
	version   string
	createdBy string
	created   time.Time
	dialect   jobDialect
	ended     chan struct{} // closed when the job is to stop

	mu        sync.Mutex
	state     string
	modified  time.Time
	failure   string // errorMessage
	processed int
	took      time.Duration
}

func (j *job) base() *job { return j }

// end stops a job whose owner is done with it: nothing is written or read for it
// from now on. The caller must not hold mu.
func (j *job) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.finished() {
		j.state = stateAborted
	}
	j.stopLocked()
}

// stopLocked wakes the job's goroutine; the caller holds mu.
func (j *job) stopLocked() {
	select {
	case <-j.ended:
	default:
		close(j.ended)
	}
}

// finished tells whether the job's state is final; the caller holds mu.
func (j *job) finished() bool {
	return j.state == stateComplete || j.state == stateFailed || j.state == stateAborted
}

// move sets a state; the caller holds mu.
func (j *job) move(state string, at time.Time) {
	j.state, j.modified = state, at
}

// begin sets a closed job in progress; it returns false where the job was ended
// before.
func (j *job) begin(at time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateUploaded {
		return false
	}
	j.move(stateInProgress, at)
	return true
}

// abort ends a job that still can be.
func (j *job) abort(at time.Time) *sferr.Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch j.state {
	case stateComplete:
		return invalidState("Aborting already Completed Job not allowed")
	case stateFailed, stateAborted:
		return invalidState("Aborting already " + j.state + " Job not allowed")
	}
	j.move(stateAborted, at)
	j.stopLocked()
	return nil
}

// retire makes a job that may be deleted one that does nothing any more. Those
// that are open or being worked on must be aborted first.
func (j *job) retire() *sferr.Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state == stateOpen || j.state == stateInProgress {
		return invalidState("Deleting a Job in state " + j.state + " not allowed; abort it first")
	}
	if j.state == stateUploaded {
		j.state = stateAborted
	}
	j.stopLocked()
	return nil
}

// invalidJob refuses a job's properties; the message names the exception again,
// as recorded.
func invalidJob(format string, args ...any) *sferr.Error {
	return sferr.New("INVALIDJOB", "InvalidJob : "+format, args...)
}

// invalidState is spelt as Bulk 2.0 does: upper case without underscores.
func invalidState(message string) *sferr.Error { return sferr.New("INVALIDJOBSTATE", "%s", message) }
