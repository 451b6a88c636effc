package webdavfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

// TestRclone has a tree go there, change, come back, and end. Rclone makes a hundred requests in a second and no more, so its grounds are tried at the same time.
func TestRclone(t *testing.T) {
	t.Parallel()
	program := trial.Program(t, "rclone")
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		t.Parallel()
		source, back := tempfs.Test(t), tempfs.Test(t) // on the disk, since rclone is to read and write them
		tree := manyFiles()
		fixture.Build(t, source, tree)
		r := &rclone{t: t, program: program, environment: append(alone(t),
			"RCLONE_CONFIG=/dev/null", "RCLONE_CONFIG_DAV_TYPE=webdav", "RCLONE_CONFIG_DAV_VENDOR=other", "RCLONE_CONFIG_DAV_URL="+serve(t, webdavfs.New(on.Fs)))}
		from, to := hostPath(t, source), hostPath(t, back)
		isThere := func() error { return sameTree(on.Fs, source) }
		checks := on.Checks(t)

		checks.Check("sync", r.do("sync", from, "dav:", "--create-empty-src-dirs"))
		checks.Check("what is there", isThere)
		checks.Check("check", r.do("check", from, "dav:", "--download"))
		changeSome(t, source)
		checks.Check("check finds what has changed", fails("differences found", r.do("check", from, "dav:", "--download")))
		checks.Check("sync of changes", r.do("sync", from, "dav:", "--create-empty-src-dirs"))
		checks.Check("what is there after that", isThere)
		checks.Check("copy back", r.do("copy", "dav:", to, "--create-empty-src-dirs"))
		checks.Check("what came back", func() error { return sameTree(back, source) })
		checks.Check("move", steps(r.do("moveto", "dav:deep", "dav:moved/here"), r.do("moveto", "dav:moved/here", "dav:deep"), r.do("rmdir", "dav:moved"), isThere))
		checks.Check("purge", steps(r.do("purge", "dav:many"), r.do("purge", "dav:odd"), r.do("delete", "dav:", "--rmdirs"), func() error {
			return sameTree(on.Fs, tempfs.Test(t))
		}))
		checks.Record("rclone")
	})
}

// manyFiles are two hundred, of names that URLs and XML make something of.
func manyFiles() fixture.Tree {
	chance := rand.New(rand.NewChaCha8([32]byte{1}))
	content := func(size int) string {
		var b bytes.Buffer
		for b.Len() < size {
			b.WriteByte(byte(chance.Uint32()))
		}
		return b.String()
	}
	tree := fixture.Tree{"large": content(3<<20 + 7), "empty": "", "no files/": fixture.Dir{}, "deep" + strings.Repeat("/deeper", 20) + "/file": "x"}
	for i := range 161 {
		tree[fmt.Sprintf("many/%d/%03d", i%7, i)] = content(chance.IntN(300))
	}
	for _, odd := range []string{
		"a space", " first", "100%", "%41", "a%2Fb", "#1", "a;b=c", "why?", "a&b", "a+b", "<tag>", `"quoted"`, "it's", "$HOME", "[x]", "{y}", `back\slash`, "tilde~", "at@", "colon:", "star*", "a|b", "!", "(x)", "=", ",", "^", "`",
		"größe", "日本語", "🙂", "e\u0301", "\u00a0", ".hidden", "..twice", "...",
	} {
		tree["odd/in "+odd+"/"+odd] = odd
	}
	return tree
}

// changeSome adds, changes and deletes. Rclone tells by the size whether a file has changed, since WebDAV sets no times.
func changeSome(t *testing.T, fsys afero.Fs) {
	t.Helper()
	for i := range 20 {
		require.NoError(t, afero.WriteFile(fsys, fmt.Sprintf("/many/0/%03d", i*7), bytes.Repeat([]byte("y"), 301+i), 0o600))
		require.NoError(t, fsys.Remove(fmt.Sprintf("/many/1/%03d", i*7+1)))
		require.NoError(t, afero.WriteFile(fsys, fmt.Sprintf("/many/new-%d", i), []byte("new"), 0o600))
	}
	require.NoError(t, fsys.RemoveAll("/many/2"))
	require.NoError(t, fsys.Rename("/odd/in größe", "/odd/größer"))
	require.NoError(t, fsys.Rename("/no files", "/no files either"))
}

// rclone is the program.
type rclone struct {
	t           *testing.T
	program     string
	environment []string
}

// do runs it, and wants it to have nothing to say.
func (r *rclone) do(arguments ...string) step {
	return func() error {
		command := exec.CommandContext(r.t.Context(), r.program, append(arguments, "--retries=1", "--log-level=ERROR")...)
		command.Env = r.environment
		output, err := command.CombinedOutput()
		if err == nil && len(output) > 0 {
			err = errors.New("no error, but")
		}
		if err != nil {
			return fmt.Errorf("rclone %s: %w: %s", arguments[0], err, output)
		}
		return nil
	}
}

// fails wants a step to fail, and to say this.
func fails(saying string, s step) step {
	return func() error {
		if err := s(); err == nil || !strings.Contains(err.Error(), saying) {
			return fmt.Errorf("it should say %q, and not: %w", saying, err)
		}
		return nil
	}
}

// sameTree wants names and content to be the same.
func sameTree(got, want afero.Fs) error {
	gotTree, err := fixture.Read(got)
	if err != nil {
		return err
	}
	wantTree, err := fixture.Read(want)
	if err != nil {
		return err
	}
	if difference := fixture.Diff(wantTree, gotTree); difference != "" {
		return errors.New(difference)
	}
	return nil
}

func hostPath(t *testing.T, fsys *tempfs.Fs) string {
	t.Helper()
	name, err := fsys.RealPath("/")
	require.NoError(t, err)
	return name
}
