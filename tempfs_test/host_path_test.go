package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// listener collects all that an Fs says.
type listener struct {
	t     *testing.T
	host  []string // what nobody may hear
	heard int
}

// hear looks at something that an Fs returned, printed in each way that there is.
func (l *listener) hear(what string, said any) {
	l.t.Helper()
	if said == nil {
		return
	}
	l.heard++
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		text := fmt.Sprintf(format, said)
		for _, host := range l.host {
			require.NotContains(l.t, text, host, "%s in %s", what, format)
		}
	}
	if err, ok := said.(error); ok {
		l.hearCauses(what, err)
	}
}

func (l *listener) hearCauses(what string, err error) {
	l.t.Helper()
	switch err := err.(type) { //nolint:errorlint // one level at a time
	case interface{ Unwrap() error }:
		l.hear(what+", cause", err.Unwrap())
	case interface{ Unwrap() []error }:
		for _, cause := range err.Unwrap() {
			l.hear(what+", cause", cause)
		}
	}
}

func (l *listener) hearInfo(what string, info fs.FileInfo, err error) {
	l.t.Helper()
	l.hear(what, err)
	if info == nil {
		return
	}
	l.hear(what, info)
	l.hear(what+", Sys", info.Sys())
	l.hear(what+", Name", info.Name())
	l.hear(what+", formatted", fs.FormatFileInfo(info))
}

// names that fail in each way that a name can, and some that do not.
var names = []string{
	"", "/", ".", "..", "/f", "/d", "/f/", "/f/x", "/missing", "/missing/x", "/loop", "/loop/x", "/link", "/dangling", "/full", "/full/f",
	"/outside", "/outside/passwd", "/climbs", "/climbs/passwd", "../../etc/passwd", "/f\x00", "\x00", "/" + strings.Repeat("n", 256),
	strings.Repeat(strings.Repeat("n", 200)+"/", 25), "/closed/x", "/unreadable", "/proc/self/root/etc",
}

// TestNoHostPath calls every method with every name, and searches all that comes back for the directory on the host: its path, that of its
// parent, and its name.
func TestNoHostPath(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "parent-on-the-host")
	require.NoError(t, os.Mkdir(parent, 0o755))
	fsys := tempfs.Test(t, tempfs.In(parent), tempfs.Prefix("root-on-the-host"))
	root := rootOf(t, fsys)
	l := &listener{t: t, host: []string{root, parent, filepath.Base(parent), filepath.Base(root)}}
	sub, err := fsys.Sub("/")
	require.NoError(t, err)
	for _, fsys := range []*tempfs.Fs{fsys, sub} {
		for _, name := range names {
			furnish(t, fsys)
			l.hearFs(fsys, name)
			for _, other := range []string{"", "/", "/f", "/d", "/missing/x", "/f/x", "/loop/x", "/outside/new", "/new\x00", name} {
				l.hear("Rename", fsys.Rename(name, other))
				l.hear("Link", fsys.Link(name, other))
				l.hear("Symlink", fsys.SymlinkIfPossible(name, other))
			}
			l.hear("Remove", fsys.Remove(name))
			l.hear("RemoveAll", fsys.RemoveAll(name))
		}
		l.hear("Fs", fmt.Sprintf("%v %+v %#v %s", fsys, fsys, fsys, fsys.Name()))
	}
	l.hearClosed(fsys)
	require.Greater(t, l.heard, 1000)
}

// furnish makes anew what the names are about.
func furnish(t *testing.T, fsys *tempfs.Fs) {
	t.Helper()
	_ = fsys.Chmod("/closed", 0o700)
	require.NoError(t, fsys.RemoveAll("/"))
	require.NoError(t, fsys.MkdirAll("/full/d", 0o755))
	require.NoError(t, fsys.Mkdir("/d", 0o755))
	require.NoError(t, put(fsys, "/full/f", "content"))
	require.NoError(t, put(fsys, "/f", "content"))
	require.NoError(t, put(fsys, "/unreadable", ""))
	require.NoError(t, fsys.Chmod("/unreadable", 0))
	require.NoError(t, fsys.Mkdir("/closed", 0))
	for name, target := range map[string]string{
		"/loop": "loop", "/link": "f", "/dangling": "/missing", "/outside": "/etc", "/climbs": "../../../../../../../../etc",
	} {
		require.NoError(t, fsys.SymlinkIfPossible(target, name))
	}
}

// hearFs calls what a single name is enough for.
func (l *listener) hearFs(fsys *tempfs.Fs, name string) {
	l.t.Helper()
	info, err := fsys.Stat(name)
	l.hearInfo("Stat", info, err)
	info, _, err = fsys.LstatIfPossible(name)
	l.hearInfo("Lstat", info, err)
	target, err := fsys.ReadlinkIfPossible(name)
	l.hear("Readlink", target)
	l.hear("Readlink", err)
	l.hear("Mkdir", fsys.Mkdir(name, 0o755))
	l.hear("MkdirAll", fsys.MkdirAll(name, 0o755))
	l.hear("Chmod", fsys.Chmod(name, 0o755))
	l.hear("Chown", fsys.Chown(name, -1, -1))
	l.hear("Lchown", fsys.Lchown(name, -1, -1))
	l.hear("Chtimes", fsys.Chtimes(name, longAgo, longAgo))
	for _, size := range []int64{-1, math.MaxInt64, 3} {
		l.hear("Truncate", fsys.Truncate(name, size))
	}
	view, err := fsys.Sub(name)
	l.hear("Sub", err)
	if err == nil {
		l.hear("Sub", fmt.Sprintf("%v %+v", view, view))
		l.hear("Release of a Sub", view.Release())
	}
	for _, flag := range []int{
		os.O_RDONLY, os.O_WRONLY, os.O_RDWR | os.O_APPEND, os.O_RDWR | os.O_CREATE | os.O_EXCL, os.O_RDWR | os.O_TRUNC,
	} {
		f, err := fsys.OpenFile(name, flag, 0o644)
		l.hear("OpenFile", err)
		if err == nil {
			l.hearFile(f)
		}
	}
	l.hearIOFS(fsys.IOFS(), name)
}

// hearFile makes the calls of an open file fail where they can.
func (l *listener) hearFile(f afero.File) {
	l.t.Helper()
	l.hear("File", f)
	l.hear("File.Name", f.Name())
	for what, err := range map[string]error{
		"Read":      errOf(f.Read(make([]byte, 1))),
		"ReadAt":    errors.Join(errOf(f.ReadAt(make([]byte, 1), -1)), errOf(f.ReadAt(make([]byte, 1), math.MaxInt64))),
		"Write":     errOf(f.WriteString("x")),
		"WriteAt":   errors.Join(errOf(f.WriteAt([]byte("x"), -1)), errOf(f.WriteAt([]byte("xx"), math.MaxInt64))),
		"Seek":      errors.Join(errOf(f.Seek(-1, io.SeekStart)), errOf(f.Seek(0, 99))),
		"Truncate":  errors.Join(f.Truncate(-1), f.Truncate(1)),
		"Sync":      f.Sync(),
		"Readdir":   errOf(f.Readdir(-1)),
		"Readnames": errOf(f.Readdirnames(1)),
		"WriteTo":   errOf(f.(io.WriterTo).WriteTo(io.Discard)),
		"ReadFrom":  errOf(f.(io.ReaderFrom).ReadFrom(strings.NewReader("x"))),
	} {
		l.hear("File."+what, err)
	}
	info, err := f.Stat()
	l.hearInfo("File.Stat", info, err)
	_, _ = f.Seek(0, io.SeekStart)
	entries, err := f.(fs.ReadDirFile).ReadDir(-1)
	l.hear("File.ReadDir", err)
	for _, e := range entries {
		l.hearEntry(e)
	}
	l.hear("File.Close", f.Close())
	l.hear("File.Close, again", f.Close())
	l.hear("File.Read, closed", errOf(f.Read(make([]byte, 1))))
	l.hear("File.Readdir, closed", errOf(f.Readdir(-1)))
	for _, e := range entries {
		l.hearEntry(e)
	}
}

func (l *listener) hearEntry(e fs.DirEntry) {
	l.t.Helper()
	l.hear("DirEntry", e)
	l.hear("DirEntry, formatted", fs.FormatDirEntry(e))
	info, err := e.Info()
	l.hearInfo("DirEntry.Info", info, err)
}

func (l *listener) hearIOFS(view fs.FS, name string) {
	l.t.Helper()
	name = strings.Trim(name, "/")
	f, err := view.Open(name)
	l.hear("IOFS.Open", err)
	if err == nil {
		l.hearFile(f.(afero.File))
	}
	l.hear("IOFS.ReadFile", errOf(fs.ReadFile(view, name)))
	entries, err := fs.ReadDir(view, name)
	l.hear("IOFS.ReadDir", err)
	for _, e := range entries {
		l.hearEntry(e)
	}
	info, err := fs.Stat(view, name)
	l.hearInfo("IOFS.Stat", info, err)
	info, err = fs.Lstat(view, name)
	l.hearInfo("IOFS.Lstat", info, err)
	_, err = fs.ReadLink(view, name)
	l.hear("IOFS.ReadLink", err)
	_, err = fs.Sub(view, name)
	l.hear("IOFS.Sub", err)
}

// hearClosed releases the Fs and calls everything once more.
func (l *listener) hearClosed(fsys *tempfs.Fs) {
	l.t.Helper()
	require.NoError(l.t, fsys.RemoveAll("/"))
	file, dir := populate(l.t, fsys)
	view := fsys.IOFS()
	l.hear("Release", fsys.Release())
	for what, call := range fsCalls {
		l.hear(what+", released", call(fsys))
	}
	for what, call := range ioCalls {
		l.hear("IOFS."+what+", released", call(view))
	}
	for what, call := range fileCalls {
		l.hear("File."+what+", released", call(file))
		l.hear("Directory."+what+", released", call(dir))
	}
}
