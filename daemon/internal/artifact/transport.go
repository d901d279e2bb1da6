package artifact

import (
	"context"
	"net"
	"net/url"
	"strings"

	"cloud.google.com/go/storage"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/gcsblob" // gs://
	_ "gocloud.dev/blob/s3blob"  // s3://
	"gocloud.dev/gcp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// emulatorVariables make Google's library speak in clear to the hosts that they name.
var emulatorVariables = []string{"STORAGE_EMULATOR_HOST", "STORAGE_EMULATOR_HOST_GRPC"}

// googleAttempts is how often a request to Google is made; their library would go on until somebody stops it. Those of
// Amazon and Azure have such limits of their own.
const googleAttempts = 4

// checkCredentials refuses a bucket whose credentials are missing, where that is known without asking anybody: the
// libraries open it all the same and later fail in other words.
func checkCredentials(ctx context.Context, u *url.URL, getenv func(string) string) error {
	switch u.Scheme {
	case "gs":
		q := u.Query()
		if isTrue(q.Get("anonymous")) || q.Get("access_id") == "-" || getenv(emulatorVariables[0]) != "" || getenv(emulatorVariables[1]) != "" {
			return nil
		}
		if _, err := gcp.DefaultCredentials(ctx); err != nil {
			return refuse("there are no credentials of Google Cloud; let GOOGLE_APPLICATION_CREDENTIALS name the key file of a service account, "+
				"or run on Google Cloud as one (%s)", reason(err))
		}
	case "azblob":
		if u.Query().Get("storage_account") == "" && azureblob.NewDefaultServiceURLOptions().AccountName == "" {
			return refuse("it is not said in which storage account of Azure the container is: give azblob://%s?storage_account=NAME, or set AZURE_STORAGE_ACCOUNT", u.Host)
		}
	}
	return nil
}

// checkTransport refuses plain http that the environment or a profile asks for: what the URL itself asks for was checked
// before.
func checkTransport(b *blob.Bucket, getenv func(string) string) error {
	var amazon *s3.Client
	if b.As(&amazon) {
		return checkEndpoint(aws.ToString(amazon.Options().BaseEndpoint))
	}
	var azure *container.Client
	if b.As(&azure) {
		return checkEndpoint(azure.URL())
	}
	for _, name := range emulatorVariables {
		at := getenv(name)
		switch {
		case strings.Contains(at, "://"):
			return refuse("%s must be host:port, without a scheme", name)
		case at != "" && !reportsync.IsLoopback(hostOf(at)):
			return refuse("plain http is allowed for this machine only: take %s out of the environment", name)
		}
	}
	return nil
}

// hostOf returns the host of host:port, or of a host alone.
func hostOf(at string) string {
	if host, _, err := net.SplitHostPort(at); err == nil {
		return host
	}
	return at
}

// limitRetries sees to it that requests end. All that is asked of a bucket can be asked again: objects are written under
// names of their own, as a whole.
func limitRetries(b *blob.Bucket) {
	var google *storage.Client
	if b.As(&google) {
		google.SetRetry(storage.WithMaxAttempts(googleAttempts), storage.WithPolicy(storage.RetryAlways))
	}
}
