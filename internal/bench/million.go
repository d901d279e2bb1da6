package main

import (
	"context"
	"time"
)

const (
	million      = 1_000_000
	millionCalls = 20
)

// measureMillion measures runs over a million rows, each beside the floor of the same bytes.
func measureMillion(ctx context.Context, s settings) (figures []figure, err error) {
	sc, err := setup(ctx, s, "million", orgSpec{contacts: million})
	if err != nil {
		return nil, err
	}
	defer closing(sc.rig, &err)
	answer := sc.path("answer.csv")
	if err := sc.org.export(ctx, answer); err != nil {
		return nil, err
	}
	var floors, lower, runs times
	var last result
	for range s.repeat {
		d, err := sc.write(data{rows: million, permille: 100})
		if err != nil {
			return nil, err
		}
		bottom, err := floor(false, sc.report(), answer)
		if err != nil {
			return nil, err
		}
		reused, err := floor(true, sc.report(), answer)
		if err != nil {
			return nil, err
		}
		if last, err = sc.run(ctx, d); err != nil {
			return nil, err
		}
		floors, lower, runs = append(floors, bottom), append(lower, reused), append(runs, last.took)
	}
	peak, err := sc.daemon.program.memory("VmHWM")
	if err != nil {
		return nil, err
	}
	return []figure{
		note("floor: both files by encoding/csv", "%s", floors),
		note("the same, with ReuseRecord", "%s", lower),
		note("run, start to settled", "%s", runs),
		multiple("run, as a multiple of the floor", runs.median(), floors.median(), 3),
		mebibytes("daemon, peak memory", peak, 256<<20),
		atMost("API calls", last.calls, millionCalls),
		note("bulk batches", "%d", last.batches),
	}, nil
}

// measureUpdates measures a run that changes every row of a report, where each request takes as long as to a real org.
func measureUpdates(ctx context.Context, s settings) (figures []figure, err error) {
	const contacts, latency = 20_000, 100 * time.Millisecond
	sc, err := setup(ctx, s, "updates", orgSpec{contacts: contacts, latency: latency})
	if err != nil {
		return nil, err
	}
	defer closing(sc.rig, &err)
	var runs times
	var last result
	for range s.repeat {
		if last, err = sc.next(ctx, data{rows: contacts, permille: 1000}); err != nil {
			return nil, err
		}
		runs = append(runs, last.took)
	}
	peak, err := sc.daemon.program.memory("VmHWM")
	if err != nil {
		return nil, err
	}
	return []figure{
		within("run, start to settled", runs, 1500*time.Millisecond),
		note("API calls", "%d", last.calls),
		note("bulk batches", "%d", last.batches),
		note("daemon, peak memory", "%d MiB", peak>>20),
	}, nil
}
