package peers

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryContenderDoesEveryRowRight plays one slice of each row, smaller than those that are measured, and looks at what came of it: no row measures an
// error.
func TestEveryContenderDoesEveryRowRight(t *testing.T) {
	for _, r := range rows() {
		for _, c := range contenders() {
			t.Run(r.name+"/"+c.name, func(t *testing.T) {
				if reason := c.lacks(r); reason != "" {
					t.Skip(reason)
				}
				require.NoError(t, doRight(c, r))
			})
		}
	}
}

func doRight(c contender, r row) (err error) {
	const times = 5 // in which a rename ends at the other name
	runner, err := newRunner(c, r, small)
	if err != nil {
		return err
	}
	defer func() {
		if closed := runner.close(); err == nil {
			err = closed
		}
	}()
	n := max(runner.least, min(times, runner.most))
	after := runner.after
	runner.after = func(n int) error {
		if wrong := runner.check(n); wrong != nil || after == nil {
			return wrong
		}
		return after(n)
	}
	_, _, err = runner.slice(n)
	return err
}

// TestFaultsAreStillThere keeps the list of them true: a peer may have mended one.
func TestFaultsAreStillThere(t *testing.T) {
	for _, c := range contenders() {
		for _, f := range c.faults {
			t.Run(c.name+"/"+f.says, func(t *testing.T) {
				w, err := newWorkplace(c, small)
				require.NoError(t, err)
				defer func() { require.NoError(t, w.close()) }()
				there, err := f.shown(w)
				require.NoError(t, err)
				require.True(t, there)
			})
		}
	}
}
