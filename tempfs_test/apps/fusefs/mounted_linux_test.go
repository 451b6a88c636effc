package fusefs_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/fusefs"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// mount mounts fsys until the end of the test, at which no file may be open any more. Where there is no FUSE, or no right to mount, the test is skipped, wherever it
// runs: containers often lack it, and no package can bring it.
func mount(t *testing.T, fsys *tempfs.Fs) (dir string) {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); errors.Is(err, fs.ErrNotExist) {
		t.Skip("there is no /dev/fuse on this host")
	}
	dir = t.TempDir()
	m, err := fusefs.New(fsys, dir)
	if errors.Is(err, syscall.EPERM) || os.Geteuid() != 0 && err != nil {
		t.Skipf("this process may not mount: %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	t.Cleanup(func() {
		// The kernel tells of the last close when it has the time.
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			require.Zero(c, fsys.Usage().OpenFiles, "files that nobody has open any more are open")
		}, time.Minute, time.Millisecond)
	})
	return dir
}

// eachMount tries programs on a mount of each of our backends. The filesystems of afero have no column here: they lack links, or the numbers of inodes.
func eachMount(t *testing.T, row string, try func(t *testing.T, checks *trial.Checks, dir string)) {
	t.Helper()
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		if on.Ours == nil {
			on.Record(t, row, "-")
			return
		}
		dir := mount(t, on.Ours)
		checks := on.Checks(t)
		try(t, checks, dir)
		checks.Record(row)
	})
}

// script is something that a shell does, which must succeed.
type script struct{ what, does string }

// runAll runs scripts one after the other, in dir.
func runAll(t *testing.T, checks *trial.Checks, dir string, scripts []script) {
	t.Helper()
	for _, s := range scripts {
		checks.Check(s.what, func() error { return run(t, dir, s.does) })
	}
}

// prelude begins each script. bash does not end for a command after "!" that succeeds.
const prelude = `fails() { if "$@" 2>/dev/null; then echo "succeeds: $*"; return 1; fi; }; cd "$0"; `

// run lets a shell do what the script says, in dir, at most for a few minutes. The shell changes to the directory itself: this process serves the mount, and must not wait for it between fork and exec.
func run(t *testing.T, dir, does string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", prelude+does, dir)
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "LC_ALL=C", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Anna", "GIT_AUTHOR_EMAIL=anna@example.org", "GIT_COMMITTER_NAME=Anna", "GIT_COMMITTER_EMAIL=anna@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}
