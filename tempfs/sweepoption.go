package tempfs

import (
	"context"
	"time"
)

// SweepOption is a wish about a sweep, for [Sweep]. An option given twice: the last wins.
type SweepOption interface{ applyToSweep(*sweepConfig) }

type sweepConfig struct {
	placement
	ctx    context.Context
	minAge time.Duration
	dryRun bool
	most   int // candidates; 0: all
}

type sweepOption func(*sweepConfig)

func (o sweepOption) applyToSweep(c *sweepConfig) { o(c) }

// MinAge spares what is younger than d; the default spares nothing for its age. A tree is as old as the last change of its root directory's inode, so that
// nobody can date it back: a chmod of it, or an entry made or removed in it, makes it young again.
func MinAge(d time.Duration) SweepOption { return sweepOption(func(c *sweepConfig) { c.minAge = d }) }

// DryRun deletes nothing and changes nothing: [SweepReport.Removed] is what would go.
func DryRun() SweepOption { return sweepOption(func(c *sweepConfig) { c.dryRun = true }) }

func newSweepConfig(opts []SweepOption) (*sweepConfig, error) {
	c := &sweepConfig{placement: placement{prefix: DefaultPrefix}}
	for _, o := range opts {
		if o != nil {
			o.applyToSweep(c)
		}
	}
	if c.ctx == nil {
		c.ctx = context.Background()
	}
	return c, c.checkAffixes()
}
