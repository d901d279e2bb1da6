package reportsync

import (
	"net/url"
	"strings"
)

// SourceSpec declares a place that reports come from.
type SourceSpec struct {
	Name  string       `json:"name" doc:"Unique name" example:"walkme-insights"`
	Files *FilesSource `json:"files,omitempty" doc:"Reports are files in a folder"`
}

// FilesSource is a folder of report files.
type FilesSource struct {
	URL string `json:"url" doc:"file:// URL of a folder on the daemon's machine, within its file_roots" example:"file:///var/lib/reportsync/reports"`
}

// Source is a stored source.
type Source struct {
	ID       string `json:"id" readOnly:"true" doc:"Opaque, stable id"`
	Revision int64  `json:"revision" readOnly:"true" doc:"Counts the changes, from 1; also the ETag"`
	SourceSpec
}

// Validate reports everything that is wrong with the spec by itself. Whether the folder is there and may be read is
// the daemon's to say.
func (s SourceSpec) Validate() error {
	var v validator
	v.name(s.Name)
	if s.Files == nil {
		v.add("/files", "is required: it is the kind of source that this version knows")
		return v.err("source " + quoteName(s.Name))
	}
	u, err := url.Parse(s.Files.URL)
	switch {
	case err != nil || u.Scheme == "":
		v.add("/files/url", "%q is no URL: give one such as file:///var/lib/reportsync/reports", s.Files.URL)
	case u.Scheme != "file":
		v.add("/files/url", "%s:// is not supported by this version: use file://", u.Scheme)
	case u.User != nil:
		v.add("/files/url", "must not hold a user name or password")
	case u.Host != "" && u.Host != "localhost":
		v.add("/files/url", "names the host %q: a folder on the daemon's own machine has three slashes, file:///%s%s", u.Host, u.Host, u.Path)
	case !strings.HasPrefix(u.Path, "/"):
		v.add("/files/url", "%q must name a folder by its full path, such as file:///var/lib/reportsync/reports", s.Files.URL)
	case u.RawQuery != "" || u.Fragment != "":
		v.add("/files/url", "takes no options after the path")
	}
	return v.err("source " + quoteName(s.Name))
}
