package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Bounds of one race, of a way and an operation. It ends when the attacker and the victim have both done enough, and fails when they
// do not come to it.
const (
	enoughSwaps  = 100
	enoughRounds = 20
	maxRounds    = 3000
)

// swapRounds bounds a race of few operations in time: a few seconds.
const swapRounds = 300

// attackTime is how long all races go on together at least:
//
//	TEMPFS_TEST_ATTACK=10m go test -timeout 0 -run TestAttack ./tempfs_test
func attackTime(t *testing.T) (d time.Duration) {
	t.Helper()
	if s := os.Getenv("TEMPFS_TEST_ATTACK"); s != "" {
		var err error
		d, err = time.ParseDuration(s)
		require.NoError(t, err)
	}
	return d
}

// tally is what came of a race, or of many.
type tally struct {
	swaps                  int64
	operations, met, found int   // met a link or nothing, found the directory
	last                   error // of those that met
}

func (c *tally) add(other tally) {
	c.swaps += other.swaps
	c.operations += other.operations
	c.met += other.met
	c.found += other.found
}

// wanting tells why a race proves nothing.
func (c *tally) wanting(w way, o operation) error {
	switch {
	case c.swaps < enoughSwaps:
		return fmt.Errorf("only %d swaps in %d operations", c.swaps, c.operations)
	case c.operations < enoughRounds:
		return fmt.Errorf("only %d operations", c.operations)
	case c.found == 0:
		return errors.New("the victim never found its directory")
	case c.met == 0 && !w.unseen && (!w.harmless || o.reach&makesParents == 0):
		return errors.New("the victim never met the attacker")
	}
	return nil
}

// race lets the victim repeat an operation under attack until it has something to say, and the time is over.
func (g *ground) race(t *testing.T, w way, o operation, until time.Time) (c tally, escaped error) {
	t.Helper()
	step := w.lay(t, g)
	dir := g.prefix + w.dir
	if w.held && g.prefix != "" {
		dir = g.hold(t, w.dir)
	}
	a := attacking(step)
	before := a.count.Load()
	for escaped == nil && (time.Now().Before(until) || c.operations < maxRounds && c.wanting(w, o) != nil) {
		var err error
		if err, escaped = g.play(o, dir); err == nil {
			c.found++
		} else {
			c.met++
			c.last = err
		}
		c.operations++
		c.swaps = a.count.Load() - before
	}
	a.end(0)
	return c, errors.Join(escaped, g.out.touched(), g.yard.touched(), g.yard.joined())
}

// TestAttackRaces has every way of attack against every operation.
func TestAttackRaces(t *testing.T) {
	operations := allOperations()
	races := 0
	for _, w := range ways {
		for _, o := range operations {
			if w.isFor(o) {
				races++
			}
		}
	}
	each := attackTime(t) / time.Duration(races)
	parent := spacious(t)
	for i, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			var all tally
			escapes := 0
			for j, o := range operations {
				if !w.isFor(o) {
					continue
				}
				t.Run(o.String(), func(t *testing.T) {
					dir := filepath.Join(parent, fmt.Sprint(i, "-", j))
					require.NoError(t, os.Mkdir(dir, 0o755))
					c, escaped := newGround(t, dir).race(t, w, o, time.Now().Add(each))
					all.add(c)
					if escaped != nil {
						escapes++
					}
					require.NoError(t, escaped)
					require.NoError(t, c.wanting(w, o), "%d swaps, last error %v", c.swaps, c.last)
				})
			}
			t.Logf("%d swaps, %d operations: %d found the directory, %d did not; %d escapes", all.swaps, all.operations, all.found, all.met, escapes)
		})
	}
}

// TestAttacksGetOutElsewhere shows that each way bites: each operation gets out of a BasePathFs by it, or where that
// cleans names, by joined names.
func TestAttacksGetOutElsewhere(t *testing.T) {
	onlyInFull(t)
	parent := spacious(t)
	for i, w := range ways {
		if w.harmless {
			continue
		}
		t.Run(w.name, func(t *testing.T) {
			for j, o := range openOperations() {
				if !w.isFor(o) || w.unseen && strings.HasPrefix(o.method, "Remove") {
					continue
				}
				t.Run(o.String(), func(t *testing.T) { // which may need many rounds, and mostly needs few
					dir := filepath.Join(parent, fmt.Sprint(i, "-", j))
					require.NoError(t, os.Mkdir(dir, 0o755))
					joins := strings.Contains(w.dir, "..")
					_, escaped := newOpenGround(t, dir, joins).race(t, w, o, time.Now().Add(time.Minute))
					require.Error(t, escaped)
				})
			}
		})
	}
}

// TestAttacksAreOnAll holds the operations against the methods that there are.
func TestAttacksAreOnAll(t *testing.T) {
	attacked := map[string]bool{"Detach": true} // which takes no name
	for _, o := range allOperations() {
		attacked[o.method] = true
	}
	for _, group := range []struct {
		prefix  string
		methods []string
	}{
		{"", keys(fsCalls)},
		{"IOFS.", append(keys(ioCalls), ioOthers...)},
		{"File.", keys(fileCalls)},
	} {
		for _, method := range group.methods {
			require.True(t, attacked[group.prefix+method], "nobody attacks %s%s", group.prefix, method)
		}
	}
}
