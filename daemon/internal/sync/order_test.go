package sync_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Cells of the column that orders rows are compared as numbers or times where all that are not empty are, else as text.
// Empty ones come before all others, and what the column does not tell apart stays in the report's order.
func TestOrderBy(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cells       []string
		first, last int
	}{
		"numbers":                 {[]string{"9", "10", "-1", "1e1"}, 2, 3},
		"numbers and an empty":    {[]string{"9", "-1", "", "10"}, 2, 3},
		"an empty, then numbers":  {[]string{"", "-1", "-5"}, 0, 1},
		"blank is empty":          {[]string{"-5", " ", "-7"}, 1, 0},
		"times":                   {[]string{"2026-05-01 10:00:00", "2026-05-01T09:00:00Z", "2026-05-01 12:30:00+0300", "2026-05-01"}, 3, 0},
		"times and an empty":      {[]string{"2026-05-01", "", "2025-01-01"}, 1, 0},
		"one word makes all text": {[]string{"9", "10", "n/a"}, 1, 2},
		"text and an empty":       {[]string{"b", "", "a"}, 1, 0},
		"all empty":               {[]string{"", "", ""}, 0, 2},
		"all alike":               {[]string{"1", "1.0", "01"}, 0, 2},
	} {
		for _, keep := range []reportsync.Keep{reportsync.KeepFirst, reportsync.KeepLast} {
			t.Run(name+" "+string(keep), func(t *testing.T) {
				t.Parallel()
				onFakeTime(t, func(t *testing.T) {
					spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
					spec.Duplicates = &reportsync.Duplicates{Keep: &keep, OrderBy: new("At")}
					rows := []string{"Email,Title,At"}
					for i, cell := range tc.cells {
						rows = append(rows, "a@x.example,"+string(rune('a'+i))+","+cell)
					}
					b := setup(t, spec, strings.Join(rows, "\n"))
					b.insert(map[string]string{"Email": "a@x.example"})
					_, id := b.run(reportsync.NewRun{})
					want := tc.first
					if keep == reportsync.KeepLast {
						want = tc.last
					}
					if got := slices.Index(b.kinds(id), "updated"); got != want {
						t.Errorf("of %q row %d was used, want %d", tc.cells, got+1, want+1)
					}
				})
			})
		}
	}
}
