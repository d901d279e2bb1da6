package artifact_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fakeGCS is the part of Google Cloud Storage that the library uses: the JSON API for objects, and the XML API for reading
// them. It serves the whole process, since the library finds it by the environment; tests have buckets of their own.
type fakeGCS struct {
	url string

	mu       sync.Mutex
	buckets  map[string]*gcsBucket
	sessions map[string]*gcsSession // uploads in chunks
}

type gcsBucket struct {
	gate    func(http.Handler) http.Handler // what requests pass first, nil for nothing
	objects map[string][]byte
}

type gcsSession struct {
	name string
	data []byte
}

var gcs = &fakeGCS{buckets: map[string]*gcsBucket{}, sessions: map[string]*gcsSession{}}

// serve tells the library where the buckets are.
func (g *fakeGCS) serve() (*httptest.Server, error) {
	mux := http.NewServeMux()
	mux.Handle("POST /upload/storage/v1/b/{bucket}/o", g.gated(g.begin))
	mux.Handle("POST /sessions/{bucket}/{id}", g.gated(g.chunk))
	mux.Handle("GET /storage/v1/b/{bucket}/o", g.gated(g.list))
	mux.Handle("DELETE /storage/v1/b/{bucket}/o/{name}", g.gated(g.remove))
	mux.Handle("GET /{bucket}/{name...}", g.gated(g.read))
	server := httptest.NewServer(mux)
	g.url = server.URL
	return server, os.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server.URL, "http://"))
}

// make makes a bucket and returns its URL.
func (g *fakeGCS) make(gate func(http.Handler) http.Handler) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := fmt.Sprint("evidence", len(g.buckets))
	g.buckets[name] = &gcsBucket{gate: gate, objects: map[string][]byte{}}
	return "gs://" + name
}

func (g *fakeGCS) gated(serve func(*gcsBucket, http.ResponseWriter, *http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		bucket := g.buckets[r.PathValue("bucket")]
		g.mu.Unlock()
		if bucket == nil {
			refuseGCS(w, http.StatusNotFound, "The specified bucket does not exist.")
			return
		}
		var handler http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return // the library has given up
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			g.mu.Lock()
			defer g.mu.Unlock()
			serve(bucket, w, r)
		})
		if bucket.gate != nil {
			handler = bucket.gate(handler)
		}
		handler.ServeHTTP(w, r)
	})
}

// begin takes an object as a whole, or begins an upload in chunks.
func (g *fakeGCS) begin(b *gcsBucket, w http.ResponseWriter, r *http.Request) {
	var about struct {
		Name string `json:"name"`
	}
	if r.URL.Query().Get("uploadType") == "resumable" {
		if err := json.NewDecoder(r.Body).Decode(&about); err != nil {
			panic(err)
		}
		id := strconv.Itoa(len(g.sessions))
		g.sessions[id] = &gcsSession{name: about.Name}
		w.Header().Set("Location", g.url+"/sessions/"+r.PathValue("bucket")+"/"+id)
		return
	}
	_, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		panic(err)
	}
	parts := multipart.NewReader(r.Body, parameters["boundary"])
	metadata, data := nextPart(parts), nextPart(parts)
	if err := json.Unmarshal(metadata, &about); err != nil {
		panic(err)
	}
	b.put(w, about.Name, data)
}

func nextPart(parts *multipart.Reader) []byte {
	part, err := parts.NextRawPart()
	if err != nil {
		panic(err)
	}
	data, err := io.ReadAll(part)
	if err != nil {
		panic(err)
	}
	return data
}

func (b *gcsBucket) put(w http.ResponseWriter, name string, data []byte) {
	b.objects[name] = data
	writeJSON(w, map[string]any{"name": name, "size": strconv.Itoa(len(data)), "generation": "1"})
}

func (g *fakeGCS) chunk(b *gcsBucket, w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	session := g.sessions[r.PathValue("id")]
	session.data = append(session.data, data...)
	if strings.HasSuffix(r.Header.Get("Content-Range"), "/*") {
		w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", len(session.data)-1))
		w.Header().Set("X-Http-Status-Code-Override", "308")
		return
	}
	b.put(w, session.name, session.data)
}

func (*fakeGCS) list(b *gcsBucket, w http.ResponseWriter, r *http.Request) {
	var names []string
	for name := range b.objects {
		if strings.HasPrefix(name, r.URL.Query().Get("prefix")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	items := []any{}
	for _, name := range names {
		items = append(items, map[string]any{"name": name, "size": strconv.Itoa(len(b.objects[name])), "updated": "2026-01-01T00:00:00Z"})
	}
	writeJSON(w, map[string]any{"items": items})
}

func (*fakeGCS) remove(b *gcsBucket, w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if _, ok := b.objects[name]; !ok {
		refuseGCS(w, http.StatusNotFound, "No such object: "+name)
		return
	}
	delete(b.objects, name)
	w.WriteHeader(http.StatusNoContent)
}

func (*fakeGCS) read(b *gcsBucket, w http.ResponseWriter, r *http.Request) {
	data, ok := b.objects[r.PathValue("name")]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("X-Goog-Generation", "1")
	http.ServeContent(w, r, "", time.Unix(1, 0), bytes.NewReader(data))
}

func refuseGCS(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	writeJSON(w, map[string]any{"error": map[string]any{"code": status, "message": message}})
}

func writeJSON(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}
