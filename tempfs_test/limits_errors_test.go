package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// namings are calls that make, change or remove what has a name.
var namings = map[string]func(fsys *tempfs.Fs, name string) error{
	"Mkdir":        func(fsys *tempfs.Fs, name string) error { return fsys.Mkdir(name, 0o755) },
	"MkdirAll":     func(fsys *tempfs.Fs, name string) error { return fsys.MkdirAll(name, 0o755) },
	"Create":       func(fsys *tempfs.Fs, name string) error { return opened(fsys.Create(name)) },
	"open":         func(fsys *tempfs.Fs, name string) error { return opened(fsys.OpenFile(name, os.O_RDWR, 0)) },
	"open to read": func(fsys *tempfs.Fs, name string) error { return opened(fsys.Open(name)) },
	"open if there": func(fsys *tempfs.Fs, name string) error {
		return opened(fsys.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600))
	},
	"open to empty": func(fsys *tempfs.Fs, name string) error {
		return opened(fsys.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0))
	},
	"open exclusively": func(fsys *tempfs.Fs, name string) error {
		return opened(fsys.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600))
	},
	"create to read": func(fsys *tempfs.Fs, name string) error {
		return opened(fsys.OpenFile(name, os.O_RDONLY|os.O_CREATE, 0o600))
	},
	"SymlinkIfPossible":  func(fsys *tempfs.Fs, name string) error { return fsys.SymlinkIfPossible("x", name) },
	"symlink to nothing": func(fsys *tempfs.Fs, name string) error { return fsys.SymlinkIfPossible("", name) },
	"Link":               func(fsys *tempfs.Fs, name string) error { return fsys.Link("/f", name) },
	"Link of a link":     func(fsys *tempfs.Fs, name string) error { return fsys.Link("/loop", name) },
	"Link of what":       func(fsys *tempfs.Fs, name string) error { return fsys.Link(name, "/new") },
	"Rename of a file":   func(fsys *tempfs.Fs, name string) error { return fsys.Rename("/f", name) },
	"Rename of a dir":    func(fsys *tempfs.Fs, name string) error { return fsys.Rename("/d", name) },
	"Rename of what":     func(fsys *tempfs.Fs, name string) error { return fsys.Rename(name, "/new") },
	"Rename into a dir":  func(fsys *tempfs.Fs, name string) error { return fsys.Rename(name, "/d/new") },
	"Truncate":           func(fsys *tempfs.Fs, name string) error { return fsys.Truncate(name, 1000) },
	"Truncate to 0":      func(fsys *tempfs.Fs, name string) error { return fsys.Truncate(name, 0) },
	"Truncate below 0":   func(fsys *tempfs.Fs, name string) error { return fsys.Truncate(name, -1) },
	"Remove":             func(fsys *tempfs.Fs, name string) error { return fsys.Remove(name) },
	"RemoveAll":          func(fsys *tempfs.Fs, name string) error { return fsys.RemoveAll(name) },
	"Chmod":              func(fsys *tempfs.Fs, name string) error { return fsys.Chmod(name, 0o700) },
	"CreateTemp":         func(fsys *tempfs.Fs, name string) error { return opened(fsys.CreateTemp(name, "t")) },
	"MkdirTemp":          func(fsys *tempfs.Fs, name string) error { return errOf(fsys.MkdirTemp(name, "t")) },
	"TemporaryFile":      func(fsys *tempfs.Fs, name string) error { return opened(fsys.TemporaryFile(tempfs.In(name))) },
	"Sub":                func(fsys *tempfs.Fs, name string) error { return errOf(fsys.Sub(name)) },
	"Import": func(fsys *tempfs.Fs, name string) error {
		return fsys.Import(fstest.MapFS{"new": {Data: []byte("x")}}, name)
	},
}

// oddNames are of each kind that a name can be of, in the tree of newFurnished.
var oddNames = []string{
	"", "/", ".", "..", "//", "/new", "new", "/new/", "/new/.", "/f", "/f/", "/f/.", "/f/..", "/f/x", "/d", "/d/", "/d/.", "/d/..", "/d/new", "/d/new/", "/d/../new", "/d/f",
	"/d/f/x", "/missing/new", "/missing/..", "/loop", "/loop/", "/loop/x", "/dangling", "/dangling/", "/link", "/link/", "/link/x", "/todir", "/todir/", "/todir/new", "/todir/../new",
	"a\x00b", "/d/a\x00b", "/" + strings.Repeat("n", 255), "/" + strings.Repeat("n", 256), "/d/" + strings.Repeat("n", 256), strings.Repeat("/d/..", 1000), strings.Repeat("./", 2048) + "new",
}

// newFurnished is an Fs with one of each kind, 14 bytes and 7 files, 2 deep.
func newFurnished(t *testing.T, opts ...tempfs.Option) *tempfs.Fs {
	t.Helper()
	fsys, err := tempfs.New(opts...)
	require.NoError(t, err)
	require.NoError(t, put(fsys, "/f", "content"))
	require.NoError(t, fsys.Mkdir("/d", 0o755))
	require.NoError(t, put(fsys, "/d/f", "7 bytes"))
	for name, target := range map[string]string{"/loop": "loop", "/dangling": "nothing", "/link": "f", "/todir": "d"} {
		require.NoError(t, fsys.SymlinkIfPossible(target, name))
	}
	return fsys
}

// errnoIn is the errno that an error is made of.
func errnoIn(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	for _, known := range []error{fs.ErrInvalid, fs.ErrExist, fs.ErrNotExist} {
		if errors.Is(err, known) {
			return known
		}
	}
	return err
}

// TestFullFsFailsAsAnyOther does everything with every kind of name in an Fs without limits and in one that is at its limits. What fails in the former fails in the latter
// for the same reason; what succeeds there succeeds, or is refused and changes nothing.
func TestFullFsFailsAsAnyOther(t *testing.T) {
	onlyInFull(t)
	for kind, limits := range map[string]tempfs.Limits{"space": {Bytes: 14 + 4 + 7 + 1 + 1, Files: 7, FileSize: 7}, "depth": {Depth: 2}, "depth 1 more": {Depth: 3}} {
		t.Run(kind, func(t *testing.T) {
			eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
				var all []error
				for how, do := range namings {
					for _, name := range oddNames {
						if err := sameFailure(t, func(fsys *tempfs.Fs) error { return do(fsys, name) }, opts, limits); err != nil {
							all = append(all, fmt.Errorf("%s, %.30q: %w", how, name, err))
						}
					}
				}
				require.NoError(t, errors.Join(all...))
			})
		})
	}
}

// sameFailure tells what is different where there are limits.
func sameFailure(t *testing.T, do func(*tempfs.Fs) error, opts []tempfs.Option, limits tempfs.Limits) error {
	t.Helper()
	free, full := newFurnished(t, opts...), newFurnished(t, append(opts, tempfs.WithLimits(limits))...)
	defer func() { require.NoError(t, errors.Join(free.Release(), full.Release())) }()
	before := namesOf(t, full, "/")
	want, got := do(free), attempt(func() error { return do(full) })
	switch {
	case want != nil && (errors.Is(got, tempfs.ErrQuota) || errnoIn(want) != errnoIn(got)):
		return fmt.Errorf("%w, want %.100v", got, want) //nolint:errorlint // the other is what was wanted
	case want == nil && got != nil && !errors.Is(got, tempfs.ErrQuota):
		return fmt.Errorf("%w, want none", got)
	case want == nil && got != nil:
		if after := namesOf(t, full, "/"); !slices.Equal(before, after) {
			return fmt.Errorf("refused, and %q are %q", before, after)
		}
	}
	bytes, files := booksOf(t, full).used()
	if used := full.Usage(); used.Bytes != bytes || used.Files != files {
		return fmt.Errorf("%+v, want %d bytes and %d files", used, bytes, files)
	}
	return nil
}

func TestLimitHasAWord(t *testing.T) {
	require.Equal(t, "file size", tempfs.LimitFileSize.String())
	require.Equal(t, "Limit(0)", tempfs.Limit(0).String())
	require.Equal(t, "Limit(5)", (tempfs.LimitDepth + 1).String())
}
