package tempfs_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// aferoCheck is something that users of afero ran into. afero 1.15.0 has to fail it, unless it is right there,
// and every backend of ours has to pass: so that none of it comes back, and a change of afero shows.
type aferoCheck struct {
	shows  string // what, and the name of the test
	thread string // the numbers of issues of github.com/spf13/afero; "" when it has none

	right        bool // afero 1.15.0 is right here too
	alone        bool // afero runs in a process of its own
	unprivileged bool // says nothing when root runs it

	check func(afero.Fs) error // on an empty filesystem; what is wrong, or nil
}

// aferoMemory are the checks that MemMapFs is named in.
func aferoMemory() []aferoCheck {
	return slices.Concat(aferoTree, aferoFiles, aferoInfos, aferoParallel)
}

func TestAferoMemMapFs(t *testing.T) {
	for _, c := range aferoMemory() {
		t.Run(c.shows, func(t *testing.T) {
			if c.unprivileged && os.Geteuid() == 0 {
				t.Skip("permissions do not bind root")
			}
			t.Run("afero", func(t *testing.T) { c.judgeAfero(t) })
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, attempt(func() error { return c.check(fsys) }), "github.com/spf13/afero issues %s", c.thread)
			})
		})
	}
}

// judgeAfero runs the check on MemMapFs and wants the verdict that is written down.
func (c aferoCheck) judgeAfero(t *testing.T) {
	var err error
	if c.alone {
		err = runChild(t, childAfero, c.shows)
	} else {
		err = attempt(func() error { return c.check(afero.NewMemMapFs()) })
	}
	judge(t, c.right, err)
}

// judge holds afero's result against what the table says of it.
func judge(t *testing.T, right bool, err error) {
	t.Helper()
	if right {
		require.NoError(t, err, "afero is no longer right here")
		return
	}
	require.Error(t, err, "afero is right now: say so in the table")
	t.Logf("afero: %v", err)
}

// aferoAlone is the child's side: it tries the check on MemMapFs until it fails.
func aferoAlone(shows string) error {
	const rounds = 500
	all := aferoMemory()
	i := slices.IndexFunc(all, func(c aferoCheck) bool { return c.shows == shows })
	for range rounds {
		if err := attempt(func() error { return all[i].check(afero.NewMemMapFs()) }); err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			return fmt.Errorf("%.200s", first)
		}
	}
	return nil
}
