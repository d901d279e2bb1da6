package artifact_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                       "is no URL",
		"/var/lib/artifacts":     "is no URL",
		"file://":                "is no URL",
		"azblb://container":      `did you mean "azblob"?`,
		"file:///a?metadata=x":   "takes no parameters",
		"s3://?region=x":         "names no bucket: give s3://bucket",
		"s3://key:secret@bucket": "must not hold a user name or password",
		"gs://bucket/reports/":   "give gs://bucket?prefix=reports/",
		"s3://b?key=one":         "take the parameter key out",
		"s3://b?endpoint=http://minio.example.com:9000&x=y": "use https for the endpoint http://minio.example.com:9000",
		"s3://b?endpoint=HTTP://minio.example.com":          "plain http is allowed for this machine only",
		"s3://b?disable_https=true":                         "take disable_https out",
		"s3://b?disable_https=TRUE&endpoint=minio:9000":     "take disable_https out",
		"azblob://c?protocol=http&domain=other:10000":       "take protocol=http out",
	} {
		err := artifact.CheckURL(url)
		if err == nil || !strings.Contains(err.Error(), want) || reportsync.CodeOf(err) != reportsync.CodeInvalid {
			t.Errorf("%s: error %v, want one with %q", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v tells the secret", url, err)
		}
		if _, err := artifact.Open(t.Context(), url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: opened with %v", url, err)
		}
	}
	for _, url := range []string{
		"file:///var/lib/artifacts", "file://relative", "s3://bucket", "s3://bucket?region=eu-central-1&prefix=reportsync/",
		"s3://bucket?endpoint=https://minio.example.com", "s3://bucket?endpoint=http://127.0.0.1:9000&disable_https=true",
		"gs://bucket", "azblob://container?storage_account=acme", "azblob://c?protocol=http&domain=localhost:10000&localemu=true",
	} {
		if err := artifact.CheckURL(url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	if _, err := artifact.Open(t.Context(), "s3://bucket?regio=x"); err == nil || !strings.Contains(err.Error(), `can't open s3://bucket: `) || !strings.Contains(err.Error(), "regio") {
		t.Errorf("an unknown parameter: %v", err)
	}
	if _, err := artifact.Open(t.Context(), artifact.SchemeFile+"/dev/null/x"); err == nil || !strings.Contains(err.Error(), "make the folder of artifacts") {
		t.Errorf("no folder: %v", err)
	}
}

// Plain http that comes from the environment rather than from the URL is refused as well.
func TestOpenRefusesPlainHTTPFromTheEnvironment(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_S3", "http://minio.example.com:9000")
	if _, err := artifact.Open(t.Context(), "s3://bucket"); err == nil || !strings.Contains(err.Error(), "use https for the endpoint http://minio.example.com:9000") {
		t.Errorf("s3: %v", err)
	}
	t.Setenv("STORAGE_EMULATOR_HOST", "gcs.example.com:4443")
	if _, err := artifact.Open(t.Context(), "gs://bucket"); err == nil || !strings.Contains(err.Error(), "STORAGE_EMULATOR_HOST") {
		t.Errorf("gs: %v", err)
	}
	t.Setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:4443")
	if _, err := artifact.Open(t.Context(), "gs://bucket"); err == nil || !strings.Contains(err.Error(), "must be host:port") {
		t.Errorf("gs with a scheme: %v", err)
	}
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	t.Setenv("STORAGE_EMULATOR_HOST_GRPC", "gcs.example.com:4443")
	if _, err := artifact.Open(t.Context(), "gs://bucket"); err == nil || !strings.Contains(err.Error(), "take STORAGE_EMULATOR_HOST_GRPC out") {
		t.Errorf("gs by gRPC: %v", err)
	}
	t.Setenv("AZURE_STORAGE_ACCOUNT", "acme")
	t.Setenv("AZURE_STORAGE_KEY", "c2VjcmV0")
	t.Setenv("AZURE_STORAGE_PROTOCOL", "http")
	if _, err := artifact.Open(t.Context(), "azblob://container"); err == nil || !strings.Contains(err.Error(), "use https") {
		t.Errorf("azblob: %v", err)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "a b")
	for _, tc := range []struct{ url, want string }{
		{artifact.SchemeFile + folder, artifact.SchemeFile + folder},
		{"s3://bucket?region=eu-central-1&prefix=a/b/", "s3://bucket/a/b"},
	} {
		t.Run(tc.want, func(t *testing.T) {
			t.Parallel()
			if got := open(t, tc.url).String(); got != tc.want {
				t.Errorf("name %s, want %s", got, tc.want)
			}
		})
	}
}

// Credentials that are missing are told before anything is tried.
func TestOpenRefusesWithoutCredentials(t *testing.T) {
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent/key.json")
	_, err := artifact.Open(t.Context(), "gs://bucket")
	if reportsync.CodeOf(err) != reportsync.CodeInvalid || !strings.Contains(err.Error(), "there are no credentials of Google Cloud") || !strings.Contains(err.Error(), "/nonexistent/key.json") {
		t.Errorf("gs: %v", err)
	}
	t.Setenv("AZURE_STORAGE_ACCOUNT", "")
	if _, err := artifact.Open(t.Context(), "azblob://container"); reportsync.CodeOf(err) != reportsync.CodeInvalid || !strings.Contains(err.Error(), "give azblob://container?storage_account=NAME") {
		t.Errorf("azblob: %v", err)
	}
}
