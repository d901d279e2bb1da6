package provider

import "sync"

// changing remembers which objects this plan changes. An integration whose source or connection is among them can't be
// checked against what the daemon has now: the check is left to the apply. Terraform plans a source and a connection
// before the integrations that refer to them, in one provider process, which ends with the plan or the apply.
type changing struct {
	mu  sync.Mutex
	ids map[string]bool
}

// add notes that the object is about to change.
func (c *changing) add(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil {
		c.ids = map[string]bool{}
	}
	c.ids[id] = true
}

// has reports whether the object is about to change.
func (c *changing) has(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ids[id]
}
