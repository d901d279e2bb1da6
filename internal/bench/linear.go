package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// measureLinear measures runs over a quarter, a half and the whole of the largest report, each onto an org of as many
// contacts: time must grow as the rows do, and memory must not.
func measureLinear(ctx context.Context, s settings) (figures []figure, err error) {
	drop, err := ballast()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	var perRow times
	for _, rows := range []int{s.rows / 4, s.rows / 2, s.rows} {
		some, took, err := measureRows(ctx, s, rows)
		if err != nil {
			return nil, fmt.Errorf("%d rows: %w", rows, err)
		}
		figures = append(figures, some...)
		perRow = append(perRow, took/time.Duration(rows))
	}
	spread := 100 * (int64(slices.Max(perRow)) - int64(slices.Min(perRow))) / int64(slices.Min(perRow))
	return append(figures,
		note("time per row", "%s, %s, %s", perRow[0], perRow[1], perRow[2]),
		figure{what: "time per row, spread", got: fmt.Sprintf("%d %%", spread), target: "<= 15 %", met: spread <= 15}), nil
}

const (
	tenMillion = 10_000_000
	linearRuns = 3 // of each report at most: one of ten million rows takes long to write
)

// measureRows measures runs over a report of so many rows. Memory has a target at ten million rows.
func measureRows(ctx context.Context, s settings, rows int) (figures []figure, took time.Duration, err error) {
	sc, err := setup(ctx, s, fmt.Sprintf("linear-%d", rows), orgSpec{contacts: rows})
	if err != nil {
		return nil, 0, err
	}
	defer closing(sc.rig, &err)
	var runs times
	var last result
	for range min(s.repeat, linearRuns) {
		if last, err = sc.next(ctx, data{rows: rows, permille: 100}); err != nil {
			return nil, 0, err
		}
		runs = append(runs, last.took)
	}
	peak, err := sc.daemon.program.memory("VmHWM")
	if err != nil {
		return nil, 0, err
	}
	memory := note(fmt.Sprintf("%d rows: daemon, peak memory", rows), "%d MiB", peak>>20)
	if rows == tenMillion {
		memory = mebibytes(memory.what, peak, 640<<20)
	}
	return []figure{
		note(fmt.Sprintf("%d rows: run, start to settled", rows), "%s", runs),
		note(fmt.Sprintf("%d rows: API calls", rows), "%d", last.calls),
		memory,
	}, runs.median(), nil
}
