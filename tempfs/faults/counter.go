package faults

import (
	"sync"

	"github.com/aferotemp/go/tempfs"
)

// Counter counts operations and stops none. Its zero value is ready. Before another hook, as an argument of [First], it counts what that stops, too.
type Counter struct {
	mu    sync.Mutex
	kinds map[tempfs.OpKind]int64 // guarded by mu
}

// Hook counts op.
func (c *Counter) Hook(op tempfs.Op) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kinds == nil {
		c.kinds = map[tempfs.OpKind]int64{}
	}
	c.kinds[op.Kind]++
	return nil
}

// Count tells how many operations of these kinds there were, without a kind how many there were at all.
func (c *Counter) Count(kinds ...tempfs.OpKind) int64 {
	if len(kinds) == 0 {
		kinds = tempfs.OpKinds()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var n int64
	for _, k := range kinds {
		n += c.kinds[k]
	}
	return n
}
