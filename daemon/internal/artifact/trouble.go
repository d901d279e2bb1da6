package artifact

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"gocloud.dev/gcerrors"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// sharing is the way out for most objects that can't be found.
const sharing = "nodes that share a database must share the bucket of artifacts_url too, and nobody but reportsyncd may delete from it"

// trouble is the error for a bucket that did not do what was asked of it. The end of ctx is passed on as it is.
func (b *Bucket) trouble(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s %s: %w", what, b.name, context.Cause(ctx))
	}
	return reportsync.Errorf(reportsync.CodeUnavailable, "%s %s: %s", what, b.name, reason(err))
}

// unreadable is the error for an object that should be there.
func (b *Bucket) unreadable(ctx context.Context, key string, err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound && ctx.Err() == nil {
		return reportsync.Errorf(reportsync.CodeUnavailable, "the outcomes of the run are missing: there is no object %s in %s", key, b.name).
			WithHint(sharing)
	}
	return b.trouble(ctx, "can't read the object "+key+" of", err)
}

// damaged is the error for an object that is not as it was written.
func (b *Bucket) damaged(key string, err error) error {
	return reportsync.Errorf(reportsync.CodeUnavailable, "the object %s of %s is damaged: %w", key, b.name, err)
}

// reason says in a line what a bucket answered. The libraries' own words run over several lines and may hold URLs with
// keys in them.
func reason(err error) string {
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return "it is not there"
	case gcerrors.PermissionDenied:
		return "access is denied" + answerOf(err)
	default:
		// What the libraries have no common word for speaks for itself.
	}
	if answer := answerOf(err); answer != "" {
		return strings.TrimPrefix(answer, ": ")
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// answerOf finds what AWS or another S3 answered, code and message.
func answerOf(err error) string {
	var answer interface {
		error
		ErrorCode() string
		ErrorMessage() string
	}
	if !errors.As(err, &answer) {
		return ""
	}
	return ": " + answer.ErrorCode() + " " + answer.ErrorMessage()
}
