package sync

import (
	"context"
	"fmt"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// parents are the records that a lookup leads to, by their keys.
type parents struct {
	object *salesforce.Object
	key    keyField

	mu   sync.Mutex
	keys []string          // as they are looked up, each once
	ids  map[string]string // by folded key: empty while none is known, several for more than one
}

// several stands for the ids of parents that share a key.
const several = "several"

func newParents(object *salesforce.Object, key keyField) *parents {
	return &parents{object: object, key: key, ids: map[string]string{}}
}

// ask notes a key that a row has.
func (p *parents) ask(key string) {
	folded := p.key.Fold(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, asked := p.ids[folded]; !asked {
		p.ids[folded], p.keys = "", append(p.keys, key)
	}
}

// id returns the parent's id, empty for none and [several] for more than one.
func (p *parents) id(key string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ids[p.key.Fold(key)]
}

func (p *parents) take(row []string) error {
	id, err := salesforce.ID18(row[0])
	if err != nil {
		return errNoID
	}
	folded := p.key.FromOrg(row[len(row)-1])
	p.mu.Lock()
	defer p.mu.Unlock()
	switch known, asked := p.ids[folded]; {
	case !asked || known == id:
	case known == "":
		p.ids[folded] = id
	default:
		p.ids[folded] = several
	}
	return nil
}

// findParents reads the ids of the parents that rows are to be linked with.
func (r *run) findParents(ctx context.Context, target *target) error {
	for _, p := range target.parents {
		if len(p.keys) == 0 {
			continue
		}
		if p.key.isID() { // the key is the id; Salesforce says which of them exist
			for _, key := range p.keys {
				p.ids[p.key.Fold(key)] = key
			}
			continue
		}
		wanted := search{object: p.object.Name, key: p.key, columns: []string{"Id", p.key.Name}, keys: textKeys(p.keys), number: len(p.keys)}
		if _, err := r.search(ctx, wanted, p.take); err != nil {
			return fmt.Errorf("look up parents: %w", err)
		}
		missing, many := 0, 0
		for _, id := range p.ids {
			switch id {
			case "":
				missing++
			case several:
				many++
			}
		}
		level := reportsync.LogInfo
		if missing+many > 0 {
			level = reportsync.LogWarn
		}
		if err := r.ledger.log(ctx, level, "%s of %s by %s: %d are not there, %d are there several times",
			count(len(p.keys), "parent key"), p.object.Name, p.key.Name, missing, many); err != nil {
			return err
		}
	}
	return nil
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
