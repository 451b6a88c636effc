package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// ground is where an attack takes place: a filesystem in a directory of the host, and two more directories beside it.
type ground struct {
	fs     afero.Fs
	prefix string // of all names, for a filesystem that is not confined
	parent string // of all
	base   string // the root of the filesystem
	out    *sentinel
	yard   *sentinel // to where directories of the filesystem are moved, as "moved"
	home   int       // a descriptor of the directory that the victim works in, wherever it is
	proc   string    // a magic link to out
}

// newGround makes one of an Fs.
func newGround(t *testing.T, parent string) *ground {
	t.Helper()
	fsys, err := tempfs.New(tempfs.In(parent))
	require.NoError(t, err)
	base := hostOf(t, fsys)
	g := layGround(t, parent, base, fsys)
	t.Cleanup(func() {
		require.NoError(t, fsys.Release())
		requireGone(t, base)
	})
	return g
}

// newOpenGround makes one of a filesystem that does not hold: afero's, or for names that it would clean, package os itself.
func newOpenGround(t *testing.T, parent string, joins bool) *ground {
	t.Helper()
	base := filepath.Join(parent, "app")
	require.NoError(t, os.Mkdir(base, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(base)) })
	if !joins {
		return layGround(t, parent, base, afero.NewBasePathFs(afero.NewOsFs(), base))
	}
	g := layGround(t, parent, base, afero.NewOsFs())
	g.prefix = base
	return g
}

func layGround(t *testing.T, parent, base string, fsys afero.Fs) *ground {
	t.Helper()
	g := &ground{fs: fsys, parent: parent, base: base, home: -1}
	g.out = newSentinel(t, filepath.Join(parent, "outside"))
	g.yard = newSentinel(t, filepath.Join(parent, "yard"), "moved")
	for _, name := range []string{"spare", "hold"} {
		require.NoError(t, os.Mkdir(g.onHost(name), 0o755))
	}
	fd, err := unix.Open(g.out.dir, unix.O_PATH|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	g.proc = fmt.Sprintf("/proc/self/fd/%d", fd)
	t.Cleanup(func() {
		require.NoError(t, unix.Close(fd))
		require.NoError(t, os.RemoveAll(g.out.dir))
		require.NoError(t, os.RemoveAll(g.yard.dir))
	})
	return g
}

// onHost is the path of what the attacker has in the filesystem.
func (g *ground) onHost(name string) string { return filepath.Join(g.base, name) }

// hold opens the directory that dir has before its dots, and returns the name of dir by way of it.
func (g *ground) hold(t *testing.T, dir string) string {
	t.Helper()
	before, _, _ := strings.Cut(dir, "/..")
	fd, err := unix.Open(g.onHost(before), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, unix.Close(fd)) })
	return fmt.Sprintf("/proc/self/fd/%d%s", fd, strings.TrimPrefix(dir, before))
}

// inhabit furnishes the directory in which the victim works.
func (g *ground) inhabit(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, bait(g.onHost(name), "mine", "secret"))
	fd, err := unix.Open(g.onHost(name), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	g.home = fd
	t.Cleanup(func() { require.NoError(t, unix.Close(fd)) })
}

// refurnish makes up for what an operation took from the victim's directory, or left there. It goes by the descriptor.
func (g *ground) refurnish() {
	_ = unix.Unlinkat(g.home, "new/er", unix.AT_REMOVEDIR)
	if errors.Is(unix.Unlinkat(g.home, "new", 0), unix.EISDIR) {
		_ = unix.Unlinkat(g.home, "new", unix.AT_REMOVEDIR)
	}
	_ = unix.Mkdirat(g.home, "sub", 0o755)
	_ = unix.Mkdirat(g.home, "sub/empty", 0o755)
	_ = newFile(g.home, "secret")
	_ = newFile(g.home, "sub/secret")
	_ = unix.Symlinkat("secret", g.home, "alias")
}

// play does an operation on dir and tells what got out. err is the operation's own.
func (g *ground) play(o operation, dir string) (err, escaped error) {
	g.refurnish()
	learned, err := o.do(g.fs, dir, g.prefix+"/spare")
	if err != nil && strings.Contains(err.Error(), g.parent) && g.prefix == "" {
		escaped = fmt.Errorf("it tells of the host: %w", err)
	}
	said := learned
	if err != nil {
		said += err.Error()
	}
	return err, errors.Join(escaped, shows(said), g.out.touched(), g.yard.touched())
}
