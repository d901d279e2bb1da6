package bulk

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// maxUpload is the most that one job takes: 150 MB in base64 (Limits quick
// reference: Bulk API 2.0).
const maxUpload = 100_000_000

var errTooLarge = errors.New("the upload is too large")

// uploadIngest takes the job's data, once.
func (a *API) uploadIngest(c *web.Call) {
	j, ok := ownJob(c, &a.jobs.ingest)
	if !ok {
		return
	}
	mediaType, _, _ := strings.Cut(c.Request.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "text/csv") {
		c.Fail(http.StatusUnsupportedMediaType, sferr.New("UNSUPPORTED_MEDIA_TYPE", "Content-type '%s' is not supported; a job of contentType CSV takes text/csv", mediaType))
		return
	}
	if refused := j.beginUpload(a.Now()); refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	data, err := readUpload(c.Request.Body, c.Request.ContentLength)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.uploading = false
	switch {
	case errors.Is(err, errTooLarge):
		c.Fail(http.StatusBadRequest, sferr.New("CLIENTINPUTERROR", "the upload exceeds 150 MB of base64, which is %d bytes", maxUpload))
	case err != nil: // nothing was taken
		c.Fail(http.StatusBadRequest, sferr.New("CLIENTINPUTERROR", "the upload broke off, or is not what its headers say"))
	case j.state != stateOpen:
		c.Fail(http.StatusBadRequest, invalidState("Uploading data to a Job in state "+j.state+" not allowed"))
	default:
		j.upload, j.uploaded = data, true
		c.Entry.Rows = uploadedRows(data)
		c.Out.Header().Set("Content-Length", "0") // an answer without a body, compressed or not
		c.Out.WriteHeader(http.StatusCreated)
	}
}

// readUpload reads to the end, into one piece of memory where the length is
// known before.
func readUpload(body io.Reader, length int64) (string, error) {
	var data strings.Builder
	if 0 < length && length <= maxUpload {
		data.Grow(int(length))
	}
	n, err := io.CopyBuffer(&data, io.LimitReader(body, maxUpload+1), make([]byte, 256<<10))
	if err != nil {
		return "", err //nolint:wrapcheck // the caller tells the client what it means
	}
	if n > maxUpload {
		return "", errTooLarge
	}
	return data.String(), nil
}

func (j *ingestJob) beginUpload(at time.Time) *sferr.Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateOpen {
		return invalidState("Uploading data to a Job in state " + j.state + " not allowed")
	}
	if j.uploaded || j.uploading {
		return sferr.New("CLIENTINPUTERROR",
			"Found multiple contents for job: <%s>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once on a given Job.", j.id)
	}
	if at.Sub(j.created) > openFor {
		return tooOld("Uploading data to")
	}
	j.uploading = true
	return nil
}

// tooOld refuses what a job can no longer be used for; it can only be aborted.
func tooOld(doing string) *sferr.Error {
	return invalidState(doing + " a Job that was created more than 24 hours ago not allowed")
}
