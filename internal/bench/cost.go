package main

import (
	"context"
	"fmt"
)

// measureCost counts API calls, which are the same on every machine.
func measureCost(ctx context.Context, s settings) (figures []figure, err error) {
	const contacts = 20_000
	small, err := setup(ctx, s, "cost", orgSpec{contacts: contacts})
	if err != nil {
		return nil, err
	}
	defer closing(small.rig, &err)
	for _, c := range []struct {
		what     string
		permille int
		calls    int64
		batches  int64
	}{
		{"nothing changed", 0, 5, 0},
		{"1 % changed", 10, 6, 0},
		{"everything changed", 1000, 13, 2},
	} {
		got, err := small.next(ctx, data{rows: contacts, permille: c.permille})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.what, err)
		}
		figures = append(figures,
			atMost(fmt.Sprintf("%d rows, %s: API calls", contacts, c.what), got.calls, c.calls),
			atMost(fmt.Sprintf("%d rows, %s: bulk batches", contacts, c.what), got.batches, c.batches))
	}
	large, err := setup(ctx, s, "cost-of-few", orgSpec{contacts: million})
	if err != nil {
		return nil, err
	}
	defer closing(large.rig, &err)
	got, err := large.next(ctx, data{rows: 150, first: million / 2, permille: 1000})
	if err != nil {
		return nil, err
	}
	return append(figures, atMost("150 rows onto a million: API calls", got.calls, 3)), nil
}
