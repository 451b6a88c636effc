package trial

import (
	"fmt"
	"testing"
)

// Checks counts what a program could do.
type Checks struct {
	t             *testing.T
	on            *Ground
	passed, total int
}

// Checks begins a count.
func (g *Ground) Checks(t *testing.T) *Checks {
	t.Helper()
	return &Checks{t: t, on: g}
}

// Check counts one thing. On a filesystem of ours it fails the test if it fails.
func (c *Checks) Check(what string, check func() error) {
	c.t.Helper()
	c.total++
	err := check()
	switch {
	case err == nil:
		c.passed++
	case c.on.Ours != nil:
		c.t.Errorf("%s: %v", what, err)
	default:
		c.t.Logf("%s: %v", what, err)
	}
}

// Record holds the table to the count.
func (c *Checks) Record(row string) {
	c.t.Helper()
	c.on.Record(c.t, row, fmt.Sprintf("%d/%d", c.passed, c.total))
}

// Score is a count that somebody else has made, of which a filesystem of ours must reach least.
func (g *Ground) Score(t *testing.T, row string, passed, total, least int) {
	t.Helper()
	if g.Ours != nil && passed < least {
		t.Errorf("%s: %d of %d, which is less than %d", row, passed, total, least)
	}
	g.Record(t, row, fmt.Sprintf("%d/%d", passed, total))
}
