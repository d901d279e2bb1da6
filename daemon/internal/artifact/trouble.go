package artifact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"gocloud.dev/gcerrors"
	"google.golang.org/api/googleapi"

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
	if isMissing(err) && ctx.Err() == nil {
		return reportsync.Errorf(reportsync.CodeUnavailable, "the outcomes of the run are missing: there is no object %s in %s", key, b.name).
			WithHint(sharing)
	}
	return b.trouble(ctx, "can't read the object "+key+" of", err)
}

// damaged is the error for an object that is not as it was written.
func (b *Bucket) damaged(key string, err error) error {
	return reportsync.Errorf(reportsync.CodeUnavailable, "the object %s of %s is damaged: %w", key, b.name, err)
}

// isMissing reports whether what was asked for is not there. The library takes Google's refusals for that too.
func isMissing(err error) bool {
	if google, ok := errors.AsType[*googleapi.Error](err); ok {
		return google.Code == http.StatusNotFound
	}
	return gcerrors.Code(err) == gcerrors.NotFound
}

// reason says in a line what a bucket answered. The libraries' own words run over several lines and may hold URLs with
// keys in them.
func reason(err error) string {
	status, answer := answerOf(err)
	switch {
	case isMissing(err):
		return "it is not there"
	case gcerrors.Code(err) == gcerrors.PermissionDenied, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return strings.TrimSuffix("access is denied: "+answer, ": ")
	case answer != "":
		return answer
	}
	if inner := errors.Unwrap(err); inner != nil && strings.HasPrefix(err.Error(), "blob (") {
		err = inner // the key is told already
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	for sign, way := range credentialsMissing {
		if strings.Contains(line, sign) {
			return way + " (" + line + ")"
		}
	}
	return line
}

// credentialsMissing says what to do about errors that have no type of their own.
var credentialsMissing = map[string]string{
	"get credentials: ": "there are no credentials of AWS; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE, or run on AWS with a role",
	"DefaultAzureCredential: ": "there are no credentials of Azure; set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING, " +
		"or run on Azure with a managed identity",
}

// s3Error is what AWS or another S3 answered.
type s3Error interface {
	error
	ErrorCode() string
	ErrorMessage() string
}

// answerOf finds what a bucket answered, in its own words: a code, and a message where it has one. The status is 0 where it
// does not say more than the code.
func answerOf(err error) (status int, answer string) {
	if amazon, ok := errors.AsType[s3Error](err); ok {
		return 0, strings.TrimSpace(amazon.ErrorCode() + " " + amazon.ErrorMessage())
	}
	// Messages of Azure run over many lines and repeat the request.
	if azure, ok := errors.AsType[*azcore.ResponseError](err); ok {
		return azure.StatusCode, fmt.Sprint(azure.StatusCode, " ", cmp.Or(azure.ErrorCode, http.StatusText(azure.StatusCode)))
	}
	if google, ok := errors.AsType[*googleapi.Error](err); ok {
		line, _, _ := strings.Cut(cmp.Or(google.Message, http.StatusText(google.Code)), "\n")
		return google.Code, fmt.Sprint(google.Code, " ", line)
	}
	return 0, ""
}
