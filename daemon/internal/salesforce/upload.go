package salesforce

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// UploadIngestContent sends what an IngestWriter has written, rows of size bytes with the header, to an
// Open job, which takes exactly one upload: job is what CreateIngest or IngestJob returned. The content
// travels as it is read, and is opened once for each attempt. It is sent again only when nothing can
// have landed; after any other failure abort the job and start with a new one.
func (c *Client) UploadIngestContent(ctx context.Context, job IngestJob, rows int, size int64, open func() (io.ReadCloser, error)) error {
	op := fmt.Sprintf("upload %d %s rows to Bulk job %s", rows, job.Object, job.ID)
	if err := job.takesRows(op); err != nil {
		return err
	}
	switch {
	case rows <= 0:
		return refuse(op, "there are no rows")
	case size > MaxUploadBytes:
		return refuse(op, "the rows take %d bytes, and an upload takes no more than %d; use several jobs", size, MaxUploadBytes)
	}
	target := job.ContentURL
	if target == "" {
		target = c.jobPath(jobsIngest, job.ID) + "/batches"
	}
	_, err := c.do(ctx, call{
		op: op, method: http.MethodPut, target: target,
		body: content{size: size, open: open}, contentType: "text/csv; charset=UTF-8", once: true,
	})
	return err
}

// takesRows refuses an upload that Salesforce would refuse, or that would spoil the job.
func (j IngestJob) takesRows(op string) error {
	switch {
	case j.ID == "" || j.Operation == "":
		return refuse(op, "the job is not one that CreateIngest or IngestJob returned")
	case j.State != JobOpen:
		return refuse(op, "the job is %s and takes rows only while Open", j.State)
	}
	return nil
}
