package crashtest_test

import (
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// moment is when around a request its sender is killed.
type moment string

// The moments.
const (
	beforeRequest moment = "before"   // the org never sees it
	afterRequest  moment = "after"    // the org has done it; its answer is lost
	afterAnswer   moment = "answered" // the answer is on its way, and may just arrive
)

var moments = []moment{beforeRequest, afterRequest, afterAnswer}

// wire is the way of the daemons' requests to the org.
type wire struct {
	org *orgsim.Org
	url string // of the org

	mu    sync.Mutex
	count int // requests seen
	at    int // the request to strike at
	when  moment
	kill  func()
}

// strike has kill called at the nth request from now on. It is called once.
func (w *wire) strike(nth int, when moment, kill func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at, w.when, w.kill = w.count+nth, when, kill
}

// calm takes back a strike that has not come.
func (w *wire) calm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kill = nil
}

// requests returns how many there were so far.
func (w *wire) requests() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count
}

// next counts a request and returns what kills its sender; nil for nothing.
func (w *wire) next() (kill func(), when moment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count++
	if w.kill == nil || w.count < w.at {
		return nil, ""
	}
	kill, w.kill = w.kill, nil
	return kill, w.when
}

func (w *wire) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	kill, when := w.next()
	switch {
	case kill == nil:
		w.org.ServeHTTP(answer, request)
	case when == beforeRequest:
		kill()
		panic(http.ErrAbortHandler)
	case when == afterRequest:
		w.org.ServeHTTP(httptest.NewRecorder(), request)
		kill()
		panic(http.ErrAbortHandler)
	default:
		w.org.ServeHTTP(answer, request)
		_ = http.NewResponseController(answer).Flush() // its reader may be gone
		kill()
	}
}
