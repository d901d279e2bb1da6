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
	if err := r.ration(ctx); err != nil {
		return nil, nil, err
	}
	version, blamed, err := r.resolve(ctx)
	if err != nil {
		return nil, nil, err
	}
	target, found, err := r.checked(ctx)
	if err != nil {
		return nil, nil, err
	}
	found = append(found, blamed...)
	var reader *report.Reader
	if len(blamed) == 0 {
		reader, err = r.Reports.Open(ctx, version)
	}
	if err != nil {
		if r.pinned() {
			return nil, nil, err
		}
		if blamed, err = blameReport(err); err != nil {
			return nil, nil, err
		}
		found = append(found, blamed...)
	}
	if reader != nil {
		found = append(found, checkColumns(reader, r.spec)...)
	}
	if len(found) > 0 {
		return nil, nil, errors.Join(misfit(r.Integration, found), closeReport(reader))
	}
	if err := r.announce(ctx, target, reader.Version()); err != nil {
		return nil, nil, errors.Join(err, closeReport(reader))
	}
	return target, reader, nil
}

// checked returns what checkObject finds, asking the org once.
func (r *run) checked(ctx context.Context) (*target, []reportsync.FieldError, error) {
	if r.target == nil {
		target, found, err := checkObject(ctx, r.within, r.spec)
		if err != nil {
			return nil, nil, err
		}
		r.target, r.problems = target, found
	}
	return r.target, r.problems, nil
}

// pinned reports whether an earlier attempt has bound the run to a version of the report.
func (r *run) pinned() bool { return r.Run.ReportVersion != nil && r.Run.Attempt > 1 }

// resolve returns the version that the run is bound to, or the newest one if that is fresh enough.
func (r *run) resolve(ctx context.Context) (reportsync.ReportVersion, []reportsync.FieldError, error) {
	if r.pinned() {
		if stop := r.Run.WouldStop; stop != nil && stop.Code == reportsync.CodeReportStale {
			r.would = stop // the report may be fresh no more, or again
		}
		return *r.Run.ReportVersion, nil, nil
	}
	version, err := r.Reports.Resolve(ctx, r.spec.Report)
	if err == nil {
		return version, nil, r.fresh(ctx, version)
	}
	if reportsync.CodeOf(err) == reportsync.CodeReportNotFound && !r.Run.DryRun {
		if waiting := r.await(ctx, err.Error()); waiting != nil {
			return version, nil, waiting
		}
	}
	blamed, err := blameReport(err)
	return version, blamed, err
}

func (r *run) announce(ctx context.Context, target *target, v reportsync.ReportVersion) error {
	if err := r.ledger.pin(ctx, v); err != nil {
		return err
	}
	identity := r.identity(ctx)
	if err := r.ledger.learn(ctx, func(f *reportsync.RunFacts) { f.Org = identity }); err != nil {
		return err
	}
	if err := r.ledger.info(ctx, "report %s of %s, %d bytes, onto %s by %s, %s, revision %d of %s",
		v.Path, v.ModifiedAt.UTC().Format("2006-01-02 15:04:05 UTC"), v.Size, target.object.Name, r.spec.Match, count(len(target.fields), "mapped field"), r.Integration.Revision, r.spec.Name); err != nil {
		return err
	}
	if fixed := target.fixed(); len(fixed) > 0 && r.spec.Does().Updates() {
		return r.ledger.info(ctx, "set on records that are created, and never changed afterwards: %s", enumerate(fixed))
	}
	return nil
}

// identity returns which org is written to, and as whom; nil where that can't be told, which is no reason not to run.
func (r *run) identity(ctx context.Context) *reportsync.OrgIdentity {
	org, err := r.Org.Org(ctx)
	if err != nil {
		r.Logger.Debug("the org was not identified", "run", r.Run.ID, "error", err)
		return nil
	}
	username, err := r.Org.Username(ctx)
	if err != nil {
		r.Logger.Debug("the run-as user's name was not found out", "run", r.Run.ID, "error", err)
	}
	return &reportsync.OrgIdentity{OrgID: org.OrgID, UserID: org.UserID, Username: username, Instance: org.Instance}
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
