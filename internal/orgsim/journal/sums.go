package journal

import (
	"cmp"
	"slices"
)

// sums are the running totals of a journal.
type sums struct{ kinds, apps map[string]*Sum }

func (s *sums) add(e *Entry) {
	if s.kinds == nil {
		s.kinds, s.apps = map[string]*Sum{}, map[string]*Sum{}
	}
	count(s.kinds, e.Kind, Sum{Kind: e.Kind}, e)
	if e.App != "" {
		count(s.apps, e.App, Sum{App: e.App}, e)
	}
}

func count(sums map[string]*Sum, key string, empty Sum, e *Entry) {
	s := sums[key]
	if s == nil {
		s = &empty
		sums[key] = s
	}
	failures := 0
	if e.Status >= 400 || e.Status == 0 {
		failures = 1
	}
	s.add(Sum{Requests: 1, Failures: failures, Calls: e.Calls, Rows: e.Rows, BytesIn: e.BytesIn, BytesOut: e.BytesOut})
}

// summary lists the sums and their total, without batches.
func (s *sums) summary() Summary {
	summary := Summary{Total: Sum{Kind: "total"}, Kinds: listed(s.kinds), Apps: listed(s.apps)}
	for _, kind := range summary.Kinds {
		summary.Total.add(kind)
	}
	return summary
}

func listed(sums map[string]*Sum) []Sum {
	list := make([]Sum, 0, len(sums))
	for _, s := range sums {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Sum) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.App, b.App)) })
	return list
}

func (s *Sum) add(other Sum) {
	s.Requests += other.Requests
	s.Failures += other.Failures
	s.Calls += other.Calls
	s.Rows += other.Rows
	s.BytesIn += other.BytesIn
	s.BytesOut += other.BytesOut
}
