package tempfs_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// childPersists persists until it is killed, and says so each time.
const childPersists = "persist on and on"

func init() { children[childPersists] = persistOnAndOn }

// published is a content that shows when it is not whole.
func published(seq int) string {
	return strings.Repeat(fmt.Sprintf("%06d\n", seq), 1000+seq*7919%30_000)
}

func isWhole(content string) bool {
	var seq int
	_, err := fmt.Sscanf(content, "%06d\n", &seq)
	return err == nil && content == published(seq)
}

func persistOnAndOn(argument string) error {
	backend, dir, _ := strings.Cut(argument, "|")
	fsys, err := tempfs.New(optionsIn(backend, filepath.Join(dir, "fs"))...)
	if err != nil {
		return err
	}
	for seq := 0; err == nil; seq++ {
		if err = persistNumbered(fsys, filepath.Join(dir, "host"), seq); err == nil {
			_, err = fmt.Println(seq)
		}
	}
	return err
}

func persistNumbered(fsys *tempfs.Fs, dir string, seq int) error {
	content := published(seq)
	switch seq % 3 {
	case 0:
		return errors.Join(put(fsys, "/f", content), fsys.Persist("/f", filepath.Join(dir, "file")))
	case 1:
		f, err := fsys.TemporaryFile(tempfs.Linkable())
		if err != nil {
			return err
		}
		_, err = f.WriteString(content)
		return errors.Join(err, tempfs.PersistFile(f, filepath.Join(dir, "open")), f.Close())
	}
	return errors.Join(
		fsys.Mkdir("/d", 0o755), put(fsys, "/d/a", content), put(fsys, "/d/b", content), fsys.Persist("/d", filepath.Join(dir, "tree")),
	)
}

// TestPersistKilled kills the process while it persists, somewhere after its nth time: what is there is whole each time.
func TestPersistKilled(t *testing.T) {
	checked, left := 0, 0
	for i := range 60 {
		backend := backendNames[i%len(backendNames)]
		dir := t.TempDir()
		for _, name := range []string{"fs", "host"} {
			require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
		}
		killAfter(t, childPersists, backend+"|"+dir, 1+i%13)
		c, l := checkPublished(t, filepath.Join(dir, "host"))
		checked, left = checked+c, left+l
		require.NoError(t, os.RemoveAll(dir))
	}
	t.Logf("%d files whole, %d temporary names left", checked, left)
	require.Positive(t, checked)
}

// killAfter kills a child of that kind after its nth line.
func killAfter(t *testing.T, kind, argument string, n int) {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), childKind+"="+kind, childArgument+"="+argument)
	cmd.Stderr = os.Stderr
	said, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(said)
	for range n {
		require.True(t, lines.Scan(), "the child has ended")
	}
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
}

var anyTemporaryName = regexp.MustCompile(`^\.(file|open|tree)\.tmp-[0-9a-f]{16}$`)

// checkPublished counts the files that are whole and the temporary names.
func checkPublished(t *testing.T, dir string) (whole, left int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		var files []string
		switch e.Name() {
		case "file", "open":
			files = []string{e.Name()}
		case "tree":
			files = []string{"tree/a", "tree/b"}
		default:
			require.Regexp(t, anyTemporaryName, e.Name())
			left++
		}
		var contents []string
		for _, name := range files {
			content, err := os.ReadFile(filepath.Join(dir, name))
			require.NoError(t, err)
			require.True(t, isWhole(string(content)), "%s is torn", name)
			contents = append(contents, string(content))
			whole++
		}
		if len(contents) == 2 {
			require.True(t, contents[0] == contents[1], "the tree is of one time")
		}
	}
	require.LessOrEqual(t, left, 1)
	return whole, left
}
