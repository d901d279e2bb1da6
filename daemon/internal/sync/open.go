package sync

import (
	"context"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// open checks the integration against the org and the report, and pins the report's version. It fails with every
// problem at once, before the first row is read.
func (r *run) open(ctx context.Context) (*target, *report.Reader, error) {
	if err := r.ledger.enter(ctx, reportsync.StageOpen, 0); err != nil {
		return nil, nil, err
	}
	target, found, err := checkObject(ctx, r.Org, r.spec)
	if err != nil {
		return nil, nil, err
	}
	reader, blamed, err := r.openReport(ctx)
	if err != nil {
		return nil, nil, err
	}
	found = append(found, blamed...)
	if reader != nil {
		found = append(found, checkColumns(reader, r.spec)...)
	}
	if len(found) > 0 {
		return nil, nil, errors.Join(misfit(r.Integration, found), closeReport(reader))
	}
	version := reader.Version()
	if err := r.announce(ctx, target, version); err != nil {
		return nil, nil, errors.Join(err, closeReport(reader))
	}
	return target, reader, nil
}

// openReport opens the version that the run is bound to, or binds it to the newest one.
func (r *run) openReport(ctx context.Context) (*report.Reader, []reportsync.FieldError, error) {
	if pinned := r.Run.ReportVersion; pinned != nil && r.Run.Attempt > 1 {
		reader, err := r.Reports.Open(ctx, *pinned)
		return reader, nil, err
	}
	version, err := r.Reports.Resolve(ctx, r.spec.Report)
	if err != nil {
		blamed, err := blameReport(err)
		return nil, blamed, err
	}
	reader, err := r.Reports.Open(ctx, version)
	if err != nil {
		blamed, err := blameReport(err)
		return nil, blamed, err
	}
	return reader, nil, nil
}

func (r *run) announce(ctx context.Context, target *target, v reportsync.ReportVersion) error {
	if err := r.ledger.pin(ctx, v); err != nil {
		return err
	}
	return r.ledger.info(ctx, "report %s of %s, %d bytes, onto %s by %s, %s, revision %d of %s",
		v.Path, v.ModifiedAt.UTC().Format("2006-01-02 15:04:05 UTC"), v.Size, target.object, r.spec.Match, count(len(target.fields), "mapped field"), r.Integration.Revision, r.spec.Name)
}

// misfit is the error for an integration that does not fit its org or its report.
func misfit(in reportsync.Integration, found []reportsync.FieldError) error {
	return &reportsync.Error{
		Code:    found[0].Code,
		Message: fmt.Sprintf("integration %q can't run", in.Name),
		Fields:  found,
	}
}

func closeReport(reader *report.Reader) error {
	if reader == nil {
		return nil
	}
	if err := reader.Close(); err != nil {
		return fmt.Errorf("close report: %w", err)
	}
	return nil
}
