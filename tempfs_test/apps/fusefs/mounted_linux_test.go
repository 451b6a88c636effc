package fusefs_test

import (
	"context"
	_ "embed"
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

//go:embed testdata/prelude.sh
var prelude string

// run lets a shell do what the script says, in dir, at most for a few minutes; host is a directory elsewhere. The shell changes to dir itself: this process serves the mount, and must not wait for it between
// fork and exec.
func run(t *testing.T, dir, host, script string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", prelude+`cd "$0"`+"\n"+script, dir)
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "HOST="+host, "TMPDIR="+host, "HOME=/nonexistent", "LC_ALL=C", "TZ=UTC", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Anna", "GIT_AUTHOR_EMAIL=anna@example.org", "GIT_COMMITTER_NAME=Anna", "GIT_COMMITTER_EMAIL=anna@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}
