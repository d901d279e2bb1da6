package sync_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	gosync "sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// memory is the journal and the evidence of a run: thousands are played on it in the time in which a database takes some
// hundred. Runs that are cut off are tested on the real journal.
type memory struct {
	mu       gosync.Mutex
	log      []string
	outcomes []reportsync.Outcome // of the evidence, once it is closed
	batches  map[int]reportsync.WriteBatch
	planned  map[int][]reportsync.Outcome
	answers  []settled
	version  *reportsync.ReportVersion
	facts    reportsync.RunFacts
}

// settled is answers for rows of a batch.
type settled struct {
	seq  int
	rows []reportsync.Outcome
}

// resumed is the run as the next attempt at it finds it.
func (m *memory) resumed(run reportsync.Run) reportsync.Run {
	run.Attempt++
	run.ReportVersion, run.RunFacts = m.version, m.facts
	return run
}

func (m *memory) Log(_ context.Context, level reportsync.LogLevel, stage reportsync.Stage, message string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.log = append(m.log, string(level)+" "+string(stage)+": "+message)
	return nil
}

func (m *memory) Progress(context.Context, reportsync.RunProgress) error { return nil }

func (m *memory) PinReport(_ context.Context, v reportsync.ReportVersion) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version = &v
	return nil
}

func (m *memory) Facts(_ context.Context, f reportsync.RunFacts) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.facts = f
	return nil
}

func (m *memory) Batches(context.Context) ([]reportsync.WriteBatch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var batches []reportsync.WriteBatch
	for _, seq := range slices.Sorted(maps.Keys(m.batches)) {
		batches = append(batches, m.batches[seq])
	}
	return batches, nil
}

func (m *memory) Planned(_ context.Context, each func(seq int, rows []reportsync.Outcome) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, seq := range slices.Sorted(maps.Keys(m.planned)) {
		if err := each(seq, m.planned[seq]); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Answers(_ context.Context, each func(seq int, rows []reportsync.Outcome) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.answers {
		if err := each(s.seq, s.rows); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Plan(_ context.Context, batches []reportsync.PlannedBatch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.batches == nil {
		m.batches, m.planned = map[int]reportsync.WriteBatch{}, map[int][]reportsync.Outcome{}
	}
	for _, b := range batches {
		m.batches[b.Batch.Seq] = b.Batch
		m.planned[b.Batch.Seq] = append(m.planned[b.Batch.Seq], b.Rows...)
	}
	return nil
}

func (m *memory) MarkBatch(_ context.Context, seq int, jobID string, state reportsync.BatchState) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.batches[seq]
	b.JobID, b.State = jobID, state
	m.batches[seq] = b
	return nil
}

func (m *memory) Settle(_ context.Context, seq int, rows []reportsync.Outcome, done bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answers = append(m.answers, settled{seq, slices.Clone(rows)})
	if b := m.batches[seq]; done {
		b.State = reportsync.BatchSettled
		m.batches[seq] = b
	}
	return nil
}

// Create starts the evidence of the run.
func (m *memory) Create(context.Context, string, int) (sync.EvidenceWriter, error) {
	return &memoryWriter{memory: m}, nil
}

type memoryWriter struct {
	memory   *memory
	outcomes []reportsync.Outcome
}

func (w *memoryWriter) Add(o reportsync.Outcome) error {
	o.Changes, o.Records = slices.Clone(o.Changes), slices.Clone(o.Records) // they may be the writer's only while it is asked
	w.outcomes = append(w.outcomes, o)
	return nil
}

func (w *memoryWriter) AddPlain(p *rowlog.Plain) error { return w.Add(p.Outcome()) }

func (w *memoryWriter) NextPass() {}

func (w *memoryWriter) Close(context.Context) (reportsync.Artifact, error) {
	w.memory.mu.Lock()
	defer w.memory.mu.Unlock()
	slices.SortStableFunc(w.outcomes, func(a, b reportsync.Outcome) int { return cmp.Compare(a.Row, b.Row) })
	w.memory.outcomes = w.outcomes
	return reportsync.Artifact{Key: "memory", Rows: int64(len(w.outcomes))}, nil
}

func (w *memoryWriter) Discard() {}
