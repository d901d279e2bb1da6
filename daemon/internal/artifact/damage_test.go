package artifact_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// An object that is not there says which, where, and why that may be.
func TestMissing(t *testing.T) {
	t.Parallel()
	for name, bucket := range buckets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bucket(t)
			a := reportsync.Artifact{Key: "runs/" + runID + "/outcomes-1.jsonl.zst", Rows: 1, Bytes: 100}
			_, err := read(t.Context(), b, a, artifact.Filter{})
			for _, want := range []string{"there is no object " + a.Key + " in " + b.String(), "must share the bucket"} {
				if reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want one with %q", err, want)
				}
			}
		})
	}
}

// Whatever becomes of an object, reading it ends, with an error or with rows as they were written.
func TestDamaged(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	rows := outcomes(10_000)
	a := write(t, openFolder(t, folder), rows)
	file := filepath.Join(folder, a.Key)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, object := range map[string][]byte{
		"empty":       nil,
		"cut off":     whole[:len(whole)-1],
		"a half":      whole[:len(whole)/2],
		"longer":      append(bytes.Clone(whole), 'x'),
		"no magic":    changed(whole, len(whole)-1),
		"no checksum": changed(whole, len(whole)-16),
		"no index":    changed(whole, len(whole)-20),
		"a frame":     changed(whole, 1000),
		"a header":    changed(whole, 2),
		"other rows":  otherRows(whole),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(file, object, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := read(t.Context(), openFolder(t, folder), a, artifact.Filter{})
			if reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(err.Error(), "is damaged") {
				t.Errorf("read %d rows, %v", len(got), err)
			}
		})
	}
}

func changed(object []byte, at int) []byte {
	object = bytes.Clone(object)
	object[at] ^= 0xff
	return object
}

// otherRows puts in front of a good index a frame of the same length that holds more than the index says.
func otherRows(whole []byte) []byte {
	var lines []byte
	for range 3 {
		lines = rowlog.Append(lines, reportsync.Outcome{Row: 1, Kind: reportsync.Updated})
	}
	frame := rowlog.Compress(nil, lines)
	object := bytes.Clone(whole)
	copy(object, frame)
	return object
}

// A bucket that fails in the middle is not taken for a damaged object.
func TestReadBreaksOff(t *testing.T) {
	t.Parallel()
	fail := false
	b := open(t, startS3(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if fail && r.Method == http.MethodGet && strings.HasPrefix(r.Header.Get("Range"), "bytes=0-") {
				w.Header().Set("Content-Length", "100000")
				w.Header().Set("Content-Range", "bytes 0-99999/1000000")
				w.WriteHeader(http.StatusPartialContent)
				w.Write([]byte{0x28, 0xb5, 0x2f, 0xfd}) //nolint:errcheck // the client tells
				return
			}
			next.ServeHTTP(w, r)
		})
	}))
	a := write(t, b, outcomes(20_000))
	fail = true
	_, err := read(t.Context(), b, a, artifact.Filter{})
	if reportsync.CodeOf(err) != reportsync.CodeUnavailable || strings.Contains(err.Error(), "damaged") || !strings.Contains(err.Error(), "can't read the object") {
		t.Errorf("error %v", err)
	}
}

// An index that lies about sizes takes neither memory nor time.
func FuzzIndex(f *testing.F) {
	folder := f.TempDir()
	b, err := artifact.Open(f.Context(), artifact.SchemeFile+folder)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { b.Close() })
	w, err := b.Create(f.Context(), runID, 1)
	if err != nil {
		f.Fatal(err)
	}
	for _, o := range outcomes(9000) {
		err = errors.Join(err, w.Add(o))
	}
	a, closed := w.Close(f.Context())
	object, unread := os.ReadFile(filepath.Join(folder, a.Key))
	if err := errors.Join(err, closed, unread); err != nil {
		f.Fatal(err)
	}
	size := int64(binary.LittleEndian.Uint32(object[len(object)-12:])) + 8
	content := object[a.Bytes-size+8 : len(object)-16]
	f.Add(bytes.Clone(content), a.Bytes)
	f.Fuzz(func(t *testing.T, content []byte, size int64) {
		last := binary.LittleEndian.AppendUint32(nil, 0x184D2A57)
		last = binary.LittleEndian.AppendUint32(last, uint32(len(content)+16)) //nolint:gosec // the fuzzer makes small ones
		last = append(last, content...)
		last = binary.LittleEndian.AppendUint32(last, crc32.Checksum(content, crc32.MakeTable(crc32.Castagnoli)))
		last = binary.LittleEndian.AppendUint32(last, uint32(len(content)+16)) //nolint:gosec // the fuzzer makes small ones
		last = append(last, "rsindex1"...)
		frames, err := artifact.ReadIndex(last, size)
		if err == nil && frames > len(content) {
			t.Errorf("%d frames in %d bytes", frames, len(content))
		}
	})
}
