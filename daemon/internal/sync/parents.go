package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// parentMemory is how many bytes of parents' keys stay in memory, for each lookup.
const parentMemory = 8 << 20

// parents are the records that a lookup leads to, by their keys. There may be as many as rows, so that of each only
// some bytes stay in memory.
type parents struct {
	field  string // of the target, that refers to them
	object *salesforce.Object
	key    keyField
	keys   *spool.Keys // as they are looked up, each once; nil before rows are read, and where keys are ids

	mu    sync.Mutex
	links []uint64 // by the number of the key: what is known of its records
	ids   idTable
	odd   map[int]string // ids that can't be packed, by the number of the key
	known int            // keys with a record or more
	many  int            // keys with more than one
}

// The links of keys; any other one is a packed id, behind these.
const (
	parentNone    = iota // no record has the key
	parentSeveral        // more than one has it
	parentOdd            // one has it, whose id is kept as text
	parentLinks          // the number of these
)

// several stands for the ids of parents that share a key.
const several = "several"

func newParents(field string, object *salesforce.Object, key keyField) *parents {
	return &parents{field: field, object: object, key: key, odd: map[int]string{}}
}

// gather gets the parents ready for the keys that rows have, which are kept in scratch.
func (p *parents) gather(scratch string) {
	if !p.key.isID() {
		p.keys = spool.NewKeys(scratch, parentMemory, p.key.Fold)
	}
}

// ask notes a key that a row has. One that is an id needs no looking up: Salesforce says whether there is such a record.
func (p *parents) ask(key string) error {
	if p.key.isID() {
		return nil
	}
	return p.keys.Add(key)
}

// id returns the id of the parent with a key that was asked for, empty for none and [several] for more than one.
func (p *parents) id(key string) string {
	if p.key.isID() {
		return key
	}
	number := p.keys.Number(key)
	switch link := p.links[number]; link {
	case parentNone:
		return ""
	case parentSeveral:
		return several
	case parentOdd:
		return p.odd[number]
	default:
		return p.ids.unpack(link - parentLinks)
	}
}

// take notes parents as they are read. Those that no row asks for are passed over.
func (p *parents) take(batch records) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var row []string
	for i := range batch.Len() {
		row = batch.Row(i, row)
		id, err := salesforce.ID18(row[0])
		if err != nil {
			return errNoID
		}
		number, asked, err := p.keys.Find(p.key.FromOrg(row[len(row)-1]))
		if err != nil {
			return err
		}
		if asked {
			p.note(number, id)
		}
	}
	return nil
}

// note notes a record that has a key.
func (p *parents) note(number int, id string) {
	link := uint64(parentOdd)
	if packed, ok := p.ids.pack(id); ok {
		link = packed + parentLinks
	}
	switch had := p.links[number]; {
	case had == parentNone:
		p.links[number] = link
		p.known++
		if link == parentOdd {
			p.odd[number] = strings.Clone(id)
		}
	case had == parentSeveral:
	case had != link || link == parentOdd && p.odd[number] != id: // not the same record once more, as of a page that is read again
		p.links[number] = parentSeveral
		p.many++
	}
}

func (p *parents) close() error {
	if p.keys == nil {
		return nil
	}
	return p.keys.Close()
}

// closeParents lets go of what the lookups keep.
func (t *target) closeParents() (err error) {
	if t == nil {
		return nil
	}
	for _, p := range t.parents {
		if p != nil { // of an integration that is wrong
			err = errors.Join(err, p.close())
		}
	}
	return err
}

// findParents reads the ids of the parents that rows are to be linked with. It returns how those of each lookup were
// found.
func (r *run) findParents(ctx context.Context, target *target) ([]reportsync.ParentChoice, error) {
	var choices []reportsync.ParentChoice
	for _, p := range target.parents {
		choice, err := r.findParentsOf(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("look up parents: %w", err)
		}
		choices = append(choices, reportsync.ParentChoice{Field: p.field, Object: p.object.Name, Choice: choice})
	}
	return choices, nil
}

func (r *run) findParentsOf(ctx context.Context, p *parents) (reportsync.Choice, error) {
	if p.key.isID() {
		return reportsync.Choice{Route: searchNone, Why: "nothing is read: the report has the ids of the " + p.object.Name + " records"}, nil
	}
	number := p.keys.Len()
	if number == 0 {
		return reportsync.Choice{Route: searchNone, Why: "nothing is read: no row names a parent"}, nil
	}
	p.links = make([]uint64, number)
	choice, err := r.search(ctx, search{object: p.object.Name, key: p.key, columns: []string{"Id", p.key.Name}, keys: p.keys.All(), number: number}, p.take)
	if err != nil {
		return choice, err
	}
	missing, level := number-p.known, reportsync.LogInfo
	if missing+p.many > 0 {
		level = reportsync.LogWarn
	}
	return choice, r.ledger.log(ctx, level, "%s of %s by %s: %d are not there, %d are there several times",
		count(number, "parent key"), p.object.Name, p.key.Name, missing, p.many)
}

// orphan returns the first field whose parent is not there, or there several times.
func (t *target) orphan(row *reportRow) (field int, st state, orphaned bool) {
	for i := range t.fields {
		f := &t.fields[i]
		if f.parents == nil || len(row.values[i]) == 0 {
			continue
		}
		switch f.parents.id(string(row.values[i])) {
		case "":
			return i, rowOrphan, true
		case several:
			return i, rowStepchild, true
		}
	}
	return 0, 0, false
}
