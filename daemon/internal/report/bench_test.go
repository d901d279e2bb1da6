package report_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// usageReport writes a report of a usual shape: a key, a status, a number, a time, a text and columns that nobody maps.
func usageReport(b *testing.B, path string, quoted bool) int64 {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	format := "user%d@umbrella.example,In Progress,%d,2026-11-10T08:50:00Z,Electronic check,Acme Corporation,EMEA\n"
	if quoted {
		format = "user%d@umbrella.example,\"In Progress\",%d,2026-11-10T08:50:00Z,\"Check, electronic\",Acme Corporation,EMEA\n"
	}
	out := bufio.NewWriter(file)
	fmt.Fprint(out, "Email,Status,Sessions,Last Seen,Payment,Account,Region\n")
	for n := range 200_000 {
		fmt.Fprintf(out, format, n, n%500)
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// BenchmarkReader measures reading a report, its hash included, beside encoding/csv with and without one. On a single
// core (-cpu 1) nothing of it is hidden behind the scanning.
func BenchmarkReader(b *testing.B) {
	dir := b.TempDir()
	files, err := report.OpenFiles(reportsync.FilesSource{URL: "file://" + dir}, []string{dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = files.Close() })
	for name, quoted := range map[string]bool{"plain": false, "quoted": true} {
		path := filepath.Join(dir, name+".csv")
		size := usageReport(b, path, quoted)
		b.Run(name+"/reader", func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				readSelected(b, files, name+".csv")
			}
		})
		b.Run(name+"/encoding-csv", func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				readStandard(b, path, io.Discard)
			}
		})
		b.Run(name+"/encoding-csv-sha256", func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				readStandard(b, path, sha256.New())
			}
		})
	}
}

func readSelected(b *testing.B, files *report.Files, name string) {
	b.Helper()
	version, err := files.Resolve(b.Context(), name)
	if err != nil {
		b.Fatal(err)
	}
	reader, err := files.Open(b.Context(), version)
	if err != nil {
		b.Fatal(err)
	}
	defer reader.Close()
	if err := reader.Select([]string{"Email", "Status", "Sessions", "Last Seen", "Payment"}); err != nil {
		b.Fatal(err)
	}
	for row, err := range rowsOf(reader) {
		if err != nil || row.Problem != nil {
			b.Fatal(row.Problem, err)
		}
	}
}

func readStandard(b *testing.B, path string, hash io.Writer) {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(io.TeeReader(file, hash))
	reader.ReuseRecord = true
	for {
		if _, err := reader.Read(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}
