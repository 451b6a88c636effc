package fusefs_test

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// Each program has a script in testdata, which says what it does on a mount.

func TestCoreutils(t *testing.T) { runScript(t, "FUSE: coreutils and gcc", "coreutils", "gcc") }
func TestGit(t *testing.T)       { runScript(t, "FUSE: git", "git", "git") }
func TestTar(t *testing.T)       { runScript(t, "FUSE: tar", "tar", "tar") }
func TestRsync(t *testing.T)     { runScript(t, "FUSE: rsync", "rsync", "rsync") }
func TestSQLite(t *testing.T)    { runScript(t, "FUSE: sqlite3", "sqlite3", "sqlite3") }

// runScript runs a script on a mount of each of our backends. The filesystems of afero have no column here: they lack links, or the numbers of inodes.
func runScript(t *testing.T, row, script, program string) {
	t.Helper()
	trial.Program(t, program)
	definitions, sections := parse(t, script)
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		if on.Ours == nil {
			on.Record(t, row, "-")
			return
		}
		dir, host, checks := mount(t, on.Ours), t.TempDir(), on.Checks(t)
		for _, s := range sections {
			checks.Check(s.what, func() error { return run(t, dir, host, definitions+s.does) })
		}
		checks.Record(row)
	})
}

// section is what a script does in a shell of its own, and must succeed in.
type section struct{ what, does string }

// parse takes a script apart. Sections begin with "## what it does"; what is before the first is for all of them.
func parse(t *testing.T, script string) (definitions string, sections []section) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", script+".sh"))
	require.NoError(t, err)
	definitions, rest, _ := strings.Cut(string(text), "\n## ")
	for text := range strings.SplitSeq(rest, "\n## ") {
		what, does, _ := strings.Cut(text, "\n")
		sections = append(sections, section{what, does})
	}
	return definitions + "\n", sections
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
