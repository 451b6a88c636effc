package billyfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// gitCommand is git(1) in a directory of the host, without the settings of who runs the test.
type gitCommand struct{ program, dir string }

func (g gitCommand) in(dir string) gitCommand { return gitCommand{g.program, dir} }

// run returns what git said, without the last newline.
func (g gitCommand) run(input string, args ...string) (string, error) {
	command := exec.Command(g.program, append([]string{"-C", g.dir, "-c", "safe.directory=*", "-c", "core.fileMode=true", "-c", "init.defaultBranch=main"}, args...)...)
	command.Env = append(
		os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_AUTHOR_DATE=2001-01-01T00:00:00Z",
		"GIT_COMMITTER_NAME=C", "GIT_COMMITTER_EMAIL=c@example.com", "GIT_COMMITTER_DATE=2001-01-01T00:00:00Z",
	)
	command.Stdin = strings.NewReader(input)
	said, err := command.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, said)
	}
	return strings.TrimSuffix(string(said), "\n"), err
}

// must is run in the preparation of a test.
func (g gitCommand) must(t *testing.T, args ...string) string {
	t.Helper()
	said, err := g.run("", args...)
	require.NoError(t, err)
	return said
}

// says holds what git says to what it should.
func (g gitCommand) says(want string, args ...string) error {
	said, err := g.run("", args...)
	if err == nil && said != want {
		err = fmt.Errorf("git %s: %q, and not %q", strings.Join(args, " "), said, want)
	}
	return err
}

// links are those in the repository that has some.
var links = map[string]string{
	"relative": "docs/guide/one.txt", "docs/up": "../README", "absolute": "/README", "outside": "/etc/hostname",
	"dangling": "../nowhere/./at/all//", "docs/dir": "guide", "dotted": "/docs/../README",
}

// newOrigin makes a bare repository with the branches main and feature, and returns git in it.
func newOrigin(t *testing.T, withLinks bool) gitCommand {
	t.Helper()
	git := gitCommand{trial.Program(t, "git"), t.TempDir()}
	git.must(t, "init", "-q", "source")
	source := git.in(filepath.Join(git.dir, "source"))
	files := map[string]string{
		"README": "read me\n", "empty": "", "docs/guide/one.txt": "1\n", "docs/guide/deep/er/two.txt": "2\n", "name with spaces": "s\n", "grüße": "g\n",
		"binary": string([]byte{0, 1, 2, 255}), "run.sh": "#!/bin/sh\n", "large": strings.Repeat("a line of a large file\n", 50_000),
	}
	for i := range 100 {
		files[fmt.Sprintf("many/%02d/%02d", i%10, i)] = strconv.Itoa(i)
	}
	for name, content := range files {
		require.NoError(t, os.MkdirAll(filepath.Join(source.dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(source.dir, name), []byte(content), 0o644))
	}
	require.NoError(t, os.Chmod(filepath.Join(source.dir, "run.sh"), 0o755))
	if withLinks {
		for name, target := range links {
			require.NoError(t, os.Symlink(target, filepath.Join(source.dir, name)))
		}
	}
	source.must(t, "add", "-A")
	source.must(t, "commit", "-qm", "first")
	source.must(t, "checkout", "-qb", "feature")
	require.NoError(t, os.WriteFile(filepath.Join(source.dir, "feature"), []byte("f\n"), 0o644))
	source.must(t, "rm", "-rq", "many")
	source.must(t, "add", "-A")
	source.must(t, "commit", "-qm", "feature")
	source.must(t, "checkout", "-q", "main")
	git.must(t, "clone", "-q", "--bare", "source", "origin.git")
	return git.in(filepath.Join(git.dir, "origin.git"))
}

// onHost is the directory where git(1) finds what is in fsys: where it is, or a copy.
func onHost(t *testing.T, fsys afero.Fs) (string, error) {
	t.Helper()
	dir := t.TempDir()
	ours, ok := fsys.(*tempfs.Fs)
	if !ok {
		return dir, copyOut(fsys, dir)
	}
	real, err := ours.RealPath("/")
	if errors.Is(err, tempfs.ErrNoRealPath) {
		return dir, ours.Export(afero.NewOsFs(), dir)
	}
	return real, err
}

// copyOut is for a filesystem without links.
func copyOut(fsys afero.Fs, dir string) error {
	return afero.Walk(fsys, "/", func(name string, info fs.FileInfo, err error) error {
		switch to := filepath.Join(dir, name); {
		case err != nil:
			return err
		case info.IsDir():
			return os.MkdirAll(to, 0o755)
		default:
			content, err := afero.ReadFile(fsys, name)
			if err != nil {
				return err
			}
			return os.WriteFile(to, content, info.Mode().Perm())
		}
	})
}
