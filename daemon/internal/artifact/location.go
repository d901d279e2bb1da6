package artifact

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// SchemeFile begins the URL of a local folder. What follows is its path as it is, without escapes.
const SchemeFile = "file://"

var schemes = []string{"file", "s3", "gs", "azblob"}

// location is a checked URL of a bucket.
type location struct {
	folder string // absolute; empty for a bucket elsewhere
	url    *url.URL
}

// IsLocal reports whether the URL is that of a folder, which other nodes don't see unless it is shared.
func IsLocal(raw string) bool { return strings.HasPrefix(raw, SchemeFile) }

// CheckURL reports what is wrong with the URL of a bucket, as a [reportsync.Error] whose message goes on from the name of
// the setting. A folder may still be relative. Nothing is opened.
func CheckURL(raw string) error {
	_, err := parse(raw)
	return err
}

func parse(raw string) (location, error) {
	scheme, rest, found := strings.Cut(raw, "://")
	switch {
	case !found || rest == "":
		return location{}, refuse("is no URL: give file:///path/to/folder, s3://bucket?region=eu-central-1, gs://bucket or azblob://container")
	case !slices.Contains(schemes, scheme):
		return location{}, refuse("%q is no kind of bucket that reportsyncd knows: use file://, s3://, gs:// or azblob://%s",
			scheme, reportsync.DidYouMean(scheme, schemes))
	case scheme == "file":
		if strings.Contains(rest, "?") {
			return location{}, refuse("a folder takes no parameters: end the URL before the question mark")
		}
		return location{folder: filepath.Clean(rest)}, nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "":
		return location{}, refuse("names no bucket: give %s://bucket", scheme)
	case u.User != nil:
		return location{}, refuse("must not hold a user name or password: credentials come from the environment, " +
			"where the tools of AWS, Google and Azure look for them")
	case strings.Trim(u.Path, "/") != "":
		return location{}, refuse("must end after the bucket: for a place within it, give %s://%s?prefix=%s/", scheme, u.Host, strings.Trim(u.Path, "/"))
	}
	return location{url: u}, checkParameters(u)
}

// checkParameters refuses what would send rows of reports in clear, and what is no place for many objects.
func checkParameters(u *url.URL) error {
	q := u.Query()
	if q.Has("key") {
		return refuse("can't be that of a single object: take the parameter key out")
	}
	switch u.Scheme {
	case "s3":
		endpoint := q.Get("endpoint")
		if isTrue(q.Get("disable_https")) && (endpoint == "" || !isLoopbackURL(endpoint)) {
			return refuse("plain http is allowed for this machine only: take disable_https out")
		}
		return checkEndpoint(endpoint)
	case "azblob":
		if domain := q.Get("domain"); q.Get("protocol") == "http" && !isLoopbackURL("http://"+domain) {
			return refuse("plain http is allowed for this machine only: take protocol=http out")
		}
	}
	return nil
}

// checkEndpoint lets plain http through to this very machine only.
func checkEndpoint(endpoint string) error {
	if strings.HasPrefix(strings.ToLower(endpoint), "http:") && !isLoopbackURL(endpoint) {
		return refuse("plain http is allowed for this machine only: use https for the endpoint %s", withoutQuery(endpoint))
	}
	return nil
}

func isLoopbackURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && reportsync.IsLoopback(u.Hostname())
}

func isTrue(text string) bool {
	return slices.Contains([]string{"1", "t", "true"}, strings.ToLower(text))
}

// withoutQuery takes off where keys would stand.
func withoutQuery(raw string) string {
	before, _, _ := strings.Cut(raw, "?")
	return before
}

func refuse(format string, args ...any) error {
	return reportsync.Errorf(reportsync.CodeInvalid, format, args...)
}
