package salesforce

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// The two kinds of Bulk API 2.0 jobs, as they stand in paths.
const (
	jobsIngest = "jobs/ingest"
	jobsQuery  = "jobs/query"
)

// jobJSON is a job as both kinds of it are answered; which members are there depends on the state
// (Bulk API 2.0 guide: get information about a job).
type jobJSON struct {
	ID               string    `json:"id"`
	Object           string    `json:"object"`
	Operation        Operation `json:"operation"`
	ExternalIDField  string    `json:"externalIdFieldName"`
	State            JobState  `json:"state"`
	ContentURL       string    `json:"contentUrl"`
	RecordsProcessed int       `json:"numberRecordsProcessed"`
	RecordsFailed    int       `json:"numberRecordsFailed"`
	ErrorMessage     string    `json:"errorMessage"`
}

// createJob asks for a job. One that writes is never asked for twice blindly; one that only reads may be, since the first
// does no harm.
func (c *Client) createJob(ctx context.Context, op, kind string, settings any) (jobJSON, error) {
	body, err := json.Marshal(settings)
	if err != nil {
		return jobJSON{}, refuse(op, "%s", err)
	}
	answer, err := c.do(ctx, call{
		op: op, method: http.MethodPost, target: c.org.data(kind),
		body: inMemory(body), contentType: jsonType, once: kind != jobsQuery,
	})
	if err != nil {
		return jobJSON{}, err
	}
	return readJob(op, "", answer)
}

func (c *Client) getJob(ctx context.Context, op, kind, id string) (jobJSON, error) {
	answer, err := c.do(ctx, call{op: op, method: http.MethodGet, target: c.jobPath(kind, id)})
	if err != nil {
		return jobJSON{}, err
	}
	return readJob(op, id, answer)
}

// readJob checks that an answer is the job asked for, or any where id is empty.
func readJob(op, id string, answer *reply) (jobJSON, error) {
	var job jobJSON
	if err := decode(op, answer, &job); err != nil {
		return jobJSON{}, err
	}
	if job.ID == "" || job.State == "" || (id != "" && !sameID(job.ID, id)) {
		return jobJSON{}, unexpected(op, "the answer is about job %q in state %q", job.ID, job.State)
	}
	return job, nil
}

// moveJob asks for another state. A repeated or late request is refused although all is well, so the
// job's own state decides then: settled tells which states will do.
func (c *Client) moveJob(ctx context.Context, op, kind, id string, to JobState, settled func(JobState) bool) error {
	body, err := json.Marshal(map[string]JobState{"state": to})
	if err != nil {
		return refuse(op, "%s", err)
	}
	_, err = c.do(ctx, call{
		op: op, method: http.MethodPatch, target: c.jobPath(kind, id), body: inMemory(body), contentType: jsonType,
	})
	if err == nil || !isJobState(err) {
		return err
	}
	job, lookErr := c.getJob(ctx, op, kind, id)
	if lookErr != nil {
		return &lostAnswerError{lookErr} // the job has moved on, perhaps to where it was asked to
	}
	if settled(job.State) {
		return nil
	}
	return err
}

// deleteJob removes a job and its results; one that is already gone is fine.
func (c *Client) deleteJob(ctx context.Context, op, kind, id string) error {
	_, err := c.do(ctx, call{op: op, method: http.MethodDelete, target: c.jobPath(kind, id)})
	if e, ok := asNotFound(err); ok && e.Op == op {
		return nil
	}
	return err
}

func (c *Client) jobPath(kind, id string) string {
	return c.org.data(kind + "/" + url.PathEscape(id))
}

// pollPace makes the first looks at a job quick, for small jobs, and the later ones few: each costs an API call, and a job
// that has run for long is looked at a little late rather than often. It is looked at when it is as old as the pace says,
// and then each time when it is twice as old, or when it will have dealt with its rows if it goes on as it began.
var pollPace = struct{ first, ceiling time.Duration }{100 * time.Millisecond, 10 * time.Second}

// untilNext returns how long a job is left alone that is so old and has dealt with so many of its rows, where that is known.
func untilNext(age time.Duration, done, rows int) time.Duration {
	gap := max(age, pollPace.first)
	if 0 < done && done <= rows {
		// Somewhat later than it is expected, since another look costs more than to come a little late.
		left := time.Duration(1.25 * float64(age) * float64(rows-done) / float64(done))
		gap = min(gap, max(left, age*2/3))
	}
	return min(gap, pollPace.ceiling)
}

// awaitJob polls until the job, of so many rows if that is known, changes no more; seen is called with every answer. The gaps are counted from one request
// to the next, and the first one from since, when what set the job off was sent: the way to a distant org and back is
// time in which the job goes on, so that there nothing is waited for besides.
func (c *Client) awaitJob(ctx context.Context, op, kind, id string, rows int, since time.Time, seen func(jobJSON)) (jobJSON, error) {
	age, done := time.Duration(0), 0
	for {
		gap := untilNext(age, done, rows)
		age += gap
		if err := pause(ctx, time.Until(since.Add(gap))); err != nil {
			return jobJSON{}, wrapOp(op, err)
		}
		since = time.Now()
		job, err := c.getJob(ctx, op, kind, id)
		if err != nil {
			return jobJSON{}, err
		}
		done = job.RecordsProcessed
		if seen != nil {
			seen(job)
		}
		if job.State.Finished() {
			return job, nil
		}
	}
}
