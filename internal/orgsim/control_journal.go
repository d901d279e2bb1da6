package orgsim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

// maxJournalWait is how long a control call may wait for a request.
const maxJournalWait = time.Minute

// JournalAnswer is what GET /orgsim/journal answers.
type JournalAnswer struct {
	Summary journal.Summary `json:"summary"`
	Entries []journal.Entry `json:"entries"`
}

// showJournal answers the journal, or what the query chooses of it: kind and
// path are globs, after is a number of an entry, since a time (RFC 3339). With
// wait, a duration, it answers once there is such an entry, or when it is over.
func (j *judge) showJournal(w http.ResponseWriter, r *http.Request) {
	filter, wait, err := journalQuery(r.URL.Query())
	if err != nil {
		controlFail(w, http.StatusBadRequest, err.Error())
		return
	}
	if wait > 0 {
		j.awaitEntry(r.Context(), filter, wait)
	}
	answer := JournalAnswer{Summary: j.journal.Summary(), Entries: j.journal.Entries()}
	if !filter.All() {
		answer.Entries, answer.Summary = j.journal.Choose(filter)
	}
	if answer.Entries == nil {
		answer.Entries = []journal.Entry{}
	}
	controlJSON(w, http.StatusOK, answer)
}

// awaitEntry returns early where the caller goes away or the host ends.
func (j *judge) awaitEntry(ctx context.Context, filter journal.Filter, wait time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, min(wait, maxJournalWait))
	defer cancel()
	defer context.AfterFunc(j.running, cancel)()
	_ = j.journal.Wait(ctx, filter) // that nothing came is no failure: the answer says so
}

func journalQuery(query url.Values) (filter journal.Filter, wait time.Duration, err error) {
	filter = journal.Filter{Kind: query.Get("kind"), Path: query.Get("path")}
	if !filter.Check() {
		return filter, 0, errors.New("kind or path is not a valid glob")
	}
	if text := query.Get("after"); text != "" {
		if filter.After, err = strconv.Atoi(text); err != nil {
			return filter, 0, fmt.Errorf("after %q is not the number of an entry", text)
		}
	}
	if text := query.Get("since"); text != "" {
		if filter.Since, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return filter, 0, fmt.Errorf("since %q is not a time such as 2006-01-02T15:04:05Z", text)
		}
	}
	if text := query.Get("wait"); text != "" {
		if wait, err = time.ParseDuration(text); err != nil {
			return filter, 0, fmt.Errorf("wait %q is not a duration such as 30s", text)
		}
	}
	return filter, wait, nil
}
