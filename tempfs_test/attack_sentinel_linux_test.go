package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// bait gives a directory what operations look for in it. The file alias links to is that of the name hint.
func bait(dir, content, hint string) error {
	return errors.Join(
		os.MkdirAll(filepath.Join(dir, "sub", "empty"), 0o755),
		os.WriteFile(filepath.Join(dir, "secret"), []byte(content), 0o640),
		os.WriteFile(filepath.Join(dir, "sub", "secret"), []byte(content), 0o640),
		os.Symlink(hint, filepath.Join(dir, "alias")),
	)
}

// sentinelTree is what a sentinel holds, deepest first.
var sentinelTree = func() (names []string) {
	for _, dir := range []string{"in/er", "in", "."} {
		for _, name := range []string{"secret", secretName, "alias", "sub/secret", "sub/empty", "sub", "."} {
			names = append(names, filepath.Join(dir, name))
		}
	}
	return names
}()

// sentinel is a directory outside that nobody may read, write or touch in any way. It differs from outside in that it sees reading, too, by
// atimes, where the filesystem keeps them.
type sentinel struct {
	dir   string
	own   []string // entries of dir that the attacker has there at times
	state []string
}

// newSentinel makes the directory. An attacker moves what is called own in and out, so that the times of the directory itself say nothing.
func newSentinel(t *testing.T, dir string, own ...string) *sentinel {
	t.Helper()
	for _, below := range []string{".", "in", "in/er"} {
		below = filepath.Join(dir, below)
		require.NoError(t, bait(below, secret, secretName))
		require.NoError(t, os.WriteFile(filepath.Join(below, secretName), []byte(secret), 0o640))
	}
	for _, name := range sentinelTree {
		if filepath.Base(name) != "alias" {
			require.NoError(t, os.Chtimes(filepath.Join(dir, name), longAgo, longAgo))
		}
	}
	c := &sentinel{dir: dir, own: own}
	state, err := c.look()
	require.NoError(t, err)
	c.state = state
	return c
}

// look describes each entry by what the kernel changes with any access, and accesses none.
func (c *sentinel) look() ([]string, error) {
	state := make([]string, len(sentinelTree))
	for i, name := range sentinelTree {
		var st syscall.Stat_t
		if err := syscall.Lstat(filepath.Join(c.dir, name), &st); err != nil {
			return nil, fmt.Errorf("outside: %s: %w", name, err)
		}
		if name == "." && len(c.own) > 0 {
			st.Mtim, st.Ctim, st.Nlink, st.Size = syscall.Timespec{}, syscall.Timespec{}, 0, 0
		}
		state[i] = fmt.Sprint(name, " mode ", st.Mode, " owner ", st.Uid, st.Gid, " links ", st.Nlink, " size ", st.Size,
			" read ", st.Atim, " written ", st.Mtim, " changed ", st.Ctim)
	}
	return state, nil
}

// touched tells what was done to the sentinel.
func (c *sentinel) touched() error {
	now, err := c.look()
	if err != nil {
		return err
	}
	for i := range now {
		if now[i] != c.state[i] {
			return fmt.Errorf("outside was %s, and is %s", c.state[i], now[i])
		}
	}
	if _, err := os.Lstat(filepath.Join(c.dir, "new")); err == nil { // which times say, too, unless it is the attacker who changes them
		return errors.New("outside there is a new file")
	}
	return nil
}

// joined tells what has come to the directory where the attacker moves things. It lists it: what touched tells is void then.
func (c *sentinel) joined() error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return err
	}
	expected := append(strings.Fields("secret alias sub in "+secretName), c.own...)
	for _, e := range entries {
		if !slices.Contains(expected, e.Name()) {
			err = errors.Join(err, errors.New("outside there is a new "+e.Name()))
		}
	}
	return err
}
