package transform_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

func parse(tb rapid.TB, steps ...string) transform.Chain {
	tb.Helper()
	chain, err := transform.Parse(steps)
	if err != nil {
		tb.Fatal(err)
	}
	return chain
}

func TestApply(t *testing.T) {
	t.Parallel()
	const uuid = "0e4f6a1c-2b7d-4c58-9f7e-3d1f5f0a9b11"
	tests := []struct {
		name  string
		steps []string
		text  string
		want  string
	}{
		{"no steps", nil, " As it is ", " As it is "},
		{"trim", []string{"trim"}, "\u00a0\t ann \n", "ann"},
		{"lower", []string{"lower"}, "ÄNN@Example.com", "änn@example.com"},
		{"upper", []string{"upper"}, "änn", "ÄNN"},
		{"prefix", []string{"strip_prefix:acme_"}, "acme_" + uuid, uuid},
		{"prefix of another case", []string{"strip_prefix:acme_"}, "Acme_1", "Acme_1"},
		{"prefix once", []string{"strip_prefix:a"}, "aab", "ab"},
		{"prefix with a colon", []string{"strip_prefix:urn:user:"}, "urn:user:7", "7"},
		{"prefix is all", []string{"strip_prefix:acme", "sha256_hex"}, "acme", ""},
		{"first group", []string{"regex:^[^_]+_(.+)_(.+)$"}, "acme_eu_7", "eu"},
		{"whole match", []string{`regex:\d+`}, "user 42 of 43", "42"},
		{"no match", []string{`regex:\d+`}, "none", ""},
		{"group without part", []string{"regex:a|(b)"}, "a", ""},
		{"group that is not kept", []string{"regex:(?:x|y)z"}, "ayz", "yz"},
		{"no match, then a hash", []string{`regex:\d+`, "sha256_base64"}, "none", ""},
		{"blank, then a hash", []string{"trim", "sha256_base64"}, "  ", ""},
		// The example of WalkMe's support page on hashing identifiers.
		{"WalkMe's hash", []string{"sha256_base64"}, "adam.br", "LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY"},
		{"hex", []string{"sha256_hex"}, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"in order", []string{"strip_prefix:X", "lower"}, "Xx", "x"},
		{"in the other order", []string{"lower", "strip_prefix:X"}, "Xx", "xx"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := parse(t, tt.steps...).Apply(tt.text); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// drawnSteps draws steps of every kind.
func drawnSteps() *rapid.Generator[[]string] {
	return rapid.SliceOfN(rapid.SampledFrom([]string{
		"trim", "lower", "upper", "strip_prefix:a", "strip_prefix: ", `regex:\w+`, "regex:(.)(.)", "regex:x*", "sha256_base64", "sha256_hex",
	}), 0, transform.MaxSteps)
}

func TestAChainIsItsStepsInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		steps, text := drawnSteps().Draw(t, "steps"), rapid.String().Draw(t, "text")
		want := text
		for _, step := range steps {
			want = parse(t, step).Apply(want)
		}
		if got := parse(t, steps...).Apply(text); got != want {
			t.Fatalf("%q becomes %q at once and %q step by step", text, got, want)
		}
	})
}

func TestNothingStaysNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		if got := parse(t, drawnSteps().Draw(t, "steps")...).Apply(""); got != "" {
			t.Fatalf("nothing becomes %q", got)
		}
	})
}

func TestHashesDecodeToTheSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(1, -1, -1).Draw(t, "text")
		sum := sha256.Sum256([]byte(text))
		b64, err := base64.RawStdEncoding.DecodeString(parse(t, "sha256_base64").Apply(text))
		if err != nil || string(b64) != string(sum[:]) {
			t.Fatalf("base64 of %q holds %x (%v), want %x", text, b64, err, sum)
		}
		hexed, err := hex.DecodeString(parse(t, "sha256_hex").Apply(text))
		if err != nil || string(hexed) != string(sum[:]) {
			t.Fatalf("hex of %q holds %x (%v), want %x", text, hexed, err, sum)
		}
	})
}

func TestPrefixesComeOffWhereTheyAre(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prefix, text := rapid.StringN(1, -1, -1).Draw(t, "prefix"), rapid.String().Draw(t, "text")
		chain := parse(t, "strip_prefix:"+prefix)
		if got := chain.Apply(prefix + text); got != text {
			t.Fatalf("%q becomes %q, want %q", prefix+text, got, text)
		}
		if got := chain.Apply(text); !strings.HasPrefix(text, prefix) && got != text {
			t.Fatalf("%q becomes %q although it lacks the prefix", text, got)
		}
	})
}

func TestAChainServesManyAtOnce(t *testing.T) {
	t.Parallel()
	chain := parse(t, "trim", "regex:^[^_]+_(.+)$", "lower")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if got := chain.Apply(" Acme_USER "); got != "user" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkApply(b *testing.B) {
	for _, steps := range [][]string{{"trim", "lower"}, {"regex:^[^_]+_(.+)$"}, {"lower", "sha256_base64"}} {
		b.Run(strings.Join(steps, "+"), func(b *testing.B) {
			chain := parse(b, steps...)
			b.ReportAllocs()
			for b.Loop() {
				_ = chain.Apply("acme_ANN.Example@example.com")
			}
		})
	}
}
