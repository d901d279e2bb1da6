package sync

// sent notes whether Salesforce may have got records that it has not answered.
func (r *run) sent(writes []*write, may bool) {
	for _, w := range writes {
		if !w.done {
			r.rows.mark(w.unit, may)
		}
	}
}

// markUnits is sent for units whose writes were not kept.
func (r *run) markUnits(units []unit, may bool) {
	for _, u := range units {
		if !r.unitDone(u) {
			r.rows.mark(u, may)
		}
	}
}
