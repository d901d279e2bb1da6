package artifact

import (
	"net"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/gcsblob"   // gs://
	_ "gocloud.dev/blob/s3blob"    // s3://

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// emulatorVariable makes Google's library speak plain http to the host that it names.
const emulatorVariable = "STORAGE_EMULATOR_HOST"

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
	if at := getenv(emulatorVariable); at != "" {
		host, _, err := net.SplitHostPort(at)
		if err != nil {
			host = at
		}
		if !reportsync.IsLoopback(host) {
			return refuse("plain http is allowed for this machine only: take %s out of the environment", emulatorVariable)
		}
	}
	return nil
}
