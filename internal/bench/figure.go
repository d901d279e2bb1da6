package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// figure is one thing that was measured.
type figure struct {
	what   string
	got    string
	target string // empty for a figure that only explains others
	met    bool
}

// note is a figure without a target.
func note(what, format string, args ...any) figure {
	return figure{what: what, got: fmt.Sprintf(format, args...)}
}

// atMost is a figure that must not exceed its target.
func atMost(what string, got, most int64) figure {
	return figure{what: what, got: strconv.FormatInt(got, 10), target: fmt.Sprintf("<= %d", most), met: got <= most}
}

// within is what took some time, of which the median counts.
func within(what string, took times, below time.Duration) figure {
	return figure{what: what, got: took.String(), target: "< " + below.String(), met: took.median() < below}
}

// multiple says how many times as long as another something took, to a hundredth.
func multiple(what string, took, other time.Duration, below int64) figure {
	hundredths := int64(took) * 100 / max(1, int64(other))
	return figure{what: what, got: fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100), target: fmt.Sprintf("< %d", below), met: hundredths < below*100}
}

// mebibytes is a size of memory that must stay below its target.
func mebibytes(what string, got, below int64) figure {
	return figure{what: what, got: fmt.Sprintf("%d MiB", got>>20), target: fmt.Sprintf("< %d MiB", below>>20), met: got < below}
}

// times are measurements of the same thing.
type times []time.Duration

func (t times) median() time.Duration {
	sorted := slices.Sorted(slices.Values(t))
	return sorted[len(sorted)/2]
}

// String gives the median and, in brackets, the noise: the least and the greatest.
func (t times) String() string {
	if len(t) == 1 {
		return short(t[0]).String()
	}
	return fmt.Sprintf("%s (%s to %s, %d times)", short(t.median()), short(slices.Min(t)), short(slices.Max(t)), len(t))
}

// short drops digits that mean nothing.
func short(d time.Duration) time.Duration {
	if d < 10*time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Millisecond)
}

func printTable(to io.Writer, figures []figure) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintln(w, "figure\tmeasured\ttarget\t")
	for _, f := range figures {
		verdict := ""
		switch {
		case f.target != "" && f.met:
			verdict = "met"
		case f.target != "":
			verdict = "MISSED"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.what, f.got, f.target, verdict)
	}
}

// machine says what the figures were measured on.
func machine() string {
	model := runtime.GOARCH
	if file, err := os.Open("/proc/cpuinfo"); err == nil {
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "model name"); ok {
				model = strings.TrimLeft(name, "\t :")
				break
			}
		}
	}
	return fmt.Sprintf("%d cores, %s, %s/%s, %s", runtime.NumCPU(), model, runtime.GOOS, runtime.GOARCH, runtime.Version())
}
