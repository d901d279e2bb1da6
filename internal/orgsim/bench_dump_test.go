package orgsim_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// BenchmarkMillionDump dumps and restores an org of a million contacts.
func BenchmarkMillionDump(b *testing.B) {
	org, err := orgsim.New(orgsim.Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer org.Close()
	var csv strings.Builder
	csv.WriteString("LastName,Email,Title\n")
	for n := range 1_000_000 {
		fmt.Fprintf(&csv, "Contact %d,c%d@acme.example,Clerk\n", n, n)
	}
	if _, err := org.LoadCSV("Contact", strings.NewReader(csv.String())); err != nil {
		b.Fatal(err)
	}
	b.Run("dump", func(b *testing.B) {
		for b.Loop() {
			if err := org.Dump(io.Discard, true); err != nil {
				b.Fatal(err)
			}
		}
	})
	var dump bytes.Buffer
	if err := org.Dump(&dump, true); err != nil {
		b.Fatal(err)
	}
	b.Run("restore", func(b *testing.B) {
		for b.Loop() {
			restored, err := orgsim.Restore(orgsim.Config{}, bytes.NewReader(dump.Bytes()))
			if err != nil {
				b.Fatal(err)
			}
			restored.Close()
		}
		b.SetBytes(int64(dump.Len()))
	})
}
