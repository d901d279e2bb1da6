package salesforce

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
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
	if err != nil {
		return err
	}
	c.meter.batches(rows)
	return nil
}

// UploadIngest is UploadIngestContent for rows in memory.
func (c *Client) UploadIngest(ctx context.Context, job IngestJob, batch Batch) error {
	op := fmt.Sprintf("upload %d %s rows to Bulk job %s", len(batch.Rows), batch.Object, job.ID)
	if err := job.takesRows(op); err != nil {
		return err
	}
	switch {
	case !strings.EqualFold(job.Object, batch.Object):
		return refuse(op, "the job is for %s", job.Object)
	case job.Operation == OperationUpsert && !containsFold(batch.Columns, job.ExternalIDField):
		return refuse(op, "the external id field %s is not among the columns", job.ExternalIDField)
	}
	var buf bytes.Buffer
	w, err := NewIngestWriter(&buf, job.Operation, batch.Columns)
	if err != nil {
		return err
	}
	for _, row := range batch.Rows {
		if err := w.Write(row); err != nil {
			return refuse(op, "%s", err)
		}
	}
	return c.UploadIngestContent(ctx, job, w.Rows(), w.Bytes(), inMemory(buf.Bytes()).open)
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
