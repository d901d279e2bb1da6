package artifact_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeAzure is the part of Azure Blob Storage that the library uses of a container named evidence.
type fakeAzure struct {
	mu     sync.Mutex
	blobs  map[string][]byte
	blocks map[string][]byte // of blobs that are not there yet, by name and id
}

// startAzure serves a container and returns its URL. Requests pass the gate first, unless that is nil.
func startAzure(t *testing.T, gate func(http.Handler) http.Handler) string {
	t.Helper()
	a := &fakeAzure{blobs: map[string][]byte{}, blocks: map[string][]byte{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{account}/evidence", a.list)
	mux.HandleFunc("PUT /{account}/evidence/{name...}", a.put)
	mux.HandleFunc("GET /{account}/evidence/{name...}", a.get)
	mux.HandleFunc("DELETE /{account}/evidence/{name...}", a.remove)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuseAzure(w, http.StatusNotFound, "ContainerNotFound") })
	var handler http.Handler = mux
	if gate != nil {
		handler = gate(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return "azblob://evidence?protocol=http&domain=" + strings.TrimPrefix(server.URL, "http://")
}

// put takes a blob as a whole, a block of one, or the list of a blob's blocks.
func (a *fakeAzure) put(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return // the library has given up
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	name := r.PathValue("name")
	switch r.URL.Query().Get("comp") {
	case "block":
		a.blocks[name+" "+r.URL.Query().Get("blockid")] = data
	case "blocklist":
		var list struct {
			Latest []string `xml:"Latest"`
		}
		if err := xml.Unmarshal(data, &list); err != nil {
			panic(err)
		}
		var whole []byte
		for _, id := range list.Latest {
			whole = append(whole, a.blocks[name+" "+id]...)
		}
		a.blobs[name] = whole
	default:
		a.blobs[name] = data
	}
	w.WriteHeader(http.StatusCreated)
}

func (a *fakeAzure) get(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	data, ok := a.blobs[r.PathValue("name")]
	a.mu.Unlock()
	if !ok {
		refuseAzure(w, http.StatusNotFound, "BlobNotFound")
		return
	}
	if part := r.Header.Get("X-Ms-Range"); part != "" {
		r.Header.Set("Range", part)
	}
	w.Header().Set("Etag", `"1"`)
	http.ServeContent(w, r, "", time.Unix(1, 0), bytes.NewReader(data))
}

func (a *fakeAzure) list(w http.ResponseWriter, r *http.Request) {
	type properties struct {
		Length int `xml:"Content-Length"`
		// As all that the library reads of a blob that is listed.
		Modified string `xml:"Last-Modified"`
		Etag     string `xml:"Etag"`
		MD5      string `xml:"Content-MD5"`
	}
	type item struct {
		Name       string     `xml:"Name"`
		Properties properties `xml:"Properties"`
	}
	var found struct {
		XMLName xml.Name `xml:"EnumerationResults"`
		Blobs   []item   `xml:"Blobs>Blob"`
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for name, data := range a.blobs {
		if strings.HasPrefix(name, r.URL.Query().Get("prefix")) {
			found.Blobs = append(found.Blobs, item{name, properties{len(data), time.Unix(1, 0).UTC().Format(http.TimeFormat), "1", base64.StdEncoding.EncodeToString(make([]byte, 16))}})
		}
	}
	slices.SortFunc(found.Blobs, func(x, y item) int { return strings.Compare(x.Name, y.Name) })
	w.Header().Set("Content-Type", "application/xml")
	if err := xml.NewEncoder(w).Encode(found); err != nil {
		panic(err)
	}
}

func (a *fakeAzure) remove(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name := r.PathValue("name")
	if _, ok := a.blobs[name]; !ok {
		refuseAzure(w, http.StatusNotFound, "BlobNotFound")
		return
	}
	delete(a.blobs, name)
	w.WriteHeader(http.StatusAccepted)
}

func refuseAzure(w http.ResponseWriter, status int, code string) {
	w.Header().Set("X-Ms-Error-Code", code)
	w.WriteHeader(status)
}
