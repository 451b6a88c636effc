package tempfs_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestUnlinkedFileCountsUntilItsLastClose and can be written as long as there is room.
func TestUnlinkedFileCountsUntilItsLastClose(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10, Files: 1}, func(t *testing.T, fsys *tempfs.Fs) {
		f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
		again := requireOpen(t, fsys, "/f", os.O_RDONLY)
		require.NoError(t, errOf(f.WriteString("01234567")))
		require.NoError(t, fsys.Remove("/f"))
		requireUsage(t, fsys, 8, 1)
		requireBooks(t, fsys, f, again)
		requireRefused(t, opened(fsys.Create("/g")), tempfs.LimitFiles)
		n, err := f.WriteString("abcd")
		require.Equal(t, 2, n)
		requireRefused(t, err, tempfs.LimitBytes)
		require.NoError(t, f.Close())
		requireUsage(t, fsys, 10, 1)
		require.NoError(t, reads(again, "01234567ab"))
		require.NoError(t, again.Close())
		requireUsage(t, fsys, 0, 0)
		require.NoError(t, put(fsys, "/g", "0123456789"))
	})
}

// TestHardLinkCountsOnce and the file until its last name goes.
func TestHardLinkCountsOnce(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10, Files: 2}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/a", "0123456789"))
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		for i := range 5 {
			require.NoError(t, fsys.Link("/a", fmt.Sprintf("/d/%d", i)))
		}
		requireUsage(t, fsys, 10, 2)
		require.NoError(t, fsys.Remove("/a"))
		for i := range 4 {
			require.NoError(t, fsys.Remove(fmt.Sprintf("/d/%d", i)))
		}
		requireUsage(t, fsys, 10, 2)
		require.NoError(t, fsys.Truncate("/d/4", 3))
		requireUsage(t, fsys, 3, 2)
		require.NoError(t, fsys.Remove("/d/4"))
		requireUsage(t, fsys, 0, 1)
	})
}

// TestRenameOverGivesBackTheVictim unless another name has it, or it is open, or both names are of one file.
func TestRenameOverGivesBackTheVictim(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 100, Files: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		place := func(files map[string]string) {
			require.NoError(t, fsys.RemoveAll("/"))
			for name, content := range files {
				require.NoError(t, put(fsys, name, content))
			}
		}
		place(map[string]string{"/a": "aaa", "/b": "bbbbb"})
		require.NoError(t, fsys.Rename("/a", "/b"))
		requireUsage(t, fsys, 3, 1)

		place(map[string]string{"/a": "aaa", "/b": "bbbbb"})
		require.NoError(t, fsys.Link("/b", "/other"))
		require.NoError(t, fsys.Rename("/a", "/b"))
		requireUsage(t, fsys, 8, 2)

		place(map[string]string{"/a": "aaa", "/b": "bbbbb"})
		open := requireOpen(t, fsys, "/b", os.O_RDWR)
		require.NoError(t, fsys.Rename("/a", "/b"))
		requireUsage(t, fsys, 8, 2)
		require.NoError(t, open.Close())
		requireUsage(t, fsys, 3, 1)

		place(map[string]string{"/a": "aaa"})
		require.NoError(t, fsys.Link("/a", "/b"))
		require.NoError(t, fsys.Rename("/a", "/b"))
		require.NoError(t, fsys.Rename("/a", "/a"))
		requireUsage(t, fsys, 3, 1)

		place(map[string]string{"/a": "aaa"})
		require.NoError(t, fsys.SymlinkIfPossible("target", "/l"))
		requireUsage(t, fsys, 9, 2)
		require.NoError(t, fsys.Rename("/a", "/l"))
		requireUsage(t, fsys, 3, 1)
	})
}

// TestRenameNeedsNoRoom when bytes and files are all taken.
func TestRenameNeedsNoRoom(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10, Files: 2}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		require.NoError(t, put(fsys, "/f", "0123456789"))
		require.NoError(t, fsys.Rename("/f", "/d/g"))
		require.NoError(t, fsys.Rename("/d", "/e"))
		require.NoError(t, has(fsys, "/e/g", "0123456789"))
		requireUsage(t, fsys, 10, 2)
	})
}

// TestFilesLimitBindsAllThatIsMade: files, directories, links, and what has no name.
func TestFilesLimitBindsAllThatIsMade(t *testing.T) {
	eachLimited(t, tempfs.Limits{Files: 2}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		require.NoError(t, put(fsys, "/f", "content"))
		for how, make := range map[string]func() error{
			"Create":                      func() error { return opened(fsys.Create("/new")) },
			"OpenFile":                    func() error { return opened(fsys.OpenFile("/new", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)) },
			"Mkdir":                       func() error { return fsys.Mkdir("/new", 0o755) },
			"MkdirAll":                    func() error { return fsys.MkdirAll("/d/new", 0o755) },
			"SymlinkIfPossible":           func() error { return fsys.SymlinkIfPossible("f", "/new") },
			"CreateTemp":                  func() error { return opened(fsys.CreateTemp("/d", "new")) },
			"MkdirTemp":                   func() error { return errOf(fsys.MkdirTemp("", "new")) },
			"TemporaryFile":               func() error { return opened(fsys.TemporaryFile()) },
			"TemporaryFile, linkable":     func() error { return opened(fsys.TemporaryFile(tempfs.Linkable())) },
			"NamedTemporaryFile":          func() error { return errOf(fsys.NamedTemporaryFile()) },
			"SpooledTemporaryFile":        func() error { return errOf(fsys.SpooledTemporaryFile(-1)) },
			"Import":                      func() error { return fsys.Import(fstest.MapFS{"new": {}}, "/") },
			"Import of a directory":       func() error { return fsys.Import(fstest.MapFS{"new": {Mode: fs.ModeDir | 0o755}}, "/d") },
			"Create through a link there": func() error { return opened(fsys.Create("/d/../new")) },
		} {
			err := make()
			require.Error(t, err, how)
			require.Equal(t, int64(2), requireRefused(t, err, tempfs.LimitFiles).Max, how)
			require.NoError(t, lists(fsys, "/", "d", "f"), how)
			require.NoError(t, lists(fsys, "/d"), how)
			requireUsage(t, fsys, 7, 2)
		}
		require.NoError(t, opened(fsys.OpenFile("/f", os.O_RDWR|os.O_CREATE, 0o600)), "it is there")
		require.NoError(t, opened(fsys.Create("/f")))
		require.NoError(t, fsys.MkdirAll("/d", 0o755))
		require.NoError(t, fsys.Link("/f", "/g"), "a name is no file")
		require.NoError(t, fsys.Remove("/f"))
		require.NoError(t, fsys.Remove("/g"))
		require.NoError(t, opened(fsys.Create("/new")))
	})
}

// TestFilesWithoutANameCount from their birth to their close.
func TestFilesWithoutANameCount(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 100, Files: 1}, func(t *testing.T, fsys *tempfs.Fs) {
		for _, opts := range [][]tempfs.FileOption{nil, {tempfs.Linkable()}} {
			f, err := fsys.TemporaryFile(opts...)
			require.NoError(t, err)
			require.NoError(t, errOf(f.WriteString("content")))
			requireUsage(t, fsys, 7, 1)
			n, err := f.Write(make([]byte, 100))
			require.Equal(t, 93, n)
			requireRefused(t, err, tempfs.LimitBytes)
			require.NoError(t, f.Close())
			requireUsage(t, fsys, 0, 0)
		}
		named, err := fsys.NamedTemporaryFile()
		require.NoError(t, err)
		require.NoError(t, errOf(named.WriteString("content")))
		requireUsage(t, fsys, 7, 1)
		require.NoError(t, named.Close())
		requireUsage(t, fsys, 0, 0)

		kept, err := fsys.NamedTemporaryFile(tempfs.KeepOnClose())
		require.NoError(t, err)
		require.NoError(t, errOf(kept.WriteString("content")))
		require.NoError(t, kept.Close())
		requireUsage(t, fsys, 7, 1)
	})
}

// TestSpooledFileCannotPassTheLimit, and loses nothing of what it took.
func TestSpooledFileCannotPassTheLimit(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 60}, func(t *testing.T, fsys *tempfs.Fs) {
		for _, maxSize := range []int64{-1, 0, 10, 50} {
			f, err := fsys.SpooledTemporaryFile(maxSize)
			require.NoError(t, err)
			content := strings.Repeat("0123456789", 10)
			n, err := f.WriteString(content[:20])
			require.NoError(t, err)
			m, err := f.WriteString(content[20:])
			if n += m; !f.Rolled() {
				require.NoError(t, err, "it may be in memory without end")
				err = f.Roll()
			}
			requireRefused(t, err, tempfs.LimitBytes)
			require.LessOrEqual(t, fsys.Usage().Bytes, int64(60))
			if f.Rolled() {
				require.LessOrEqual(t, n, 60)
			}
			_, err = f.Seek(0, 0)
			require.NoError(t, err)
			require.NoError(t, reads(f, content[:n]))
			require.NoError(t, f.Close())
			requireUsage(t, fsys, 0, 0)
		}
	})
}

// TestSymbolicLinkCountsByItsTarget, all or nothing.
func TestSymbolicLinkCountsByItsTarget(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.SymlinkIfPossible("/missing", "/l"))
		requireUsage(t, fsys, 8, 1)
		err := fsys.SymlinkIfPossible("abc", "/m")
		requireRefused(t, err, tempfs.LimitBytes)
		var linked *os.LinkError
		require.ErrorAs(t, err, &linked)
		require.Equal(t, [3]string{"symlink", "abc", "/m"}, [3]string{linked.Op, linked.Old, linked.New})
		require.NoError(t, lists(fsys, "/", "l"))
		require.NoError(t, fsys.SymlinkIfPossible("ab", "/m"))
		requireUsage(t, fsys, 10, 2)
		require.NoError(t, fsys.Remove("/l"))
		requireUsage(t, fsys, 2, 1)
	})
}

// TestRemoveAllGivesBackAllThatGoes, and what it leaves stays counted.
func TestRemoveAllGivesBackAllThatGoes(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 1 << 30, Files: 1000}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		plant(t, fsys, "/d")
		require.NoError(t, fsys.Link("/d/f", "/stays"))
		open := requireOpen(t, fsys, "/d/d/g", os.O_RDWR)
		requireBooks(t, fsys, open)
		if os.Geteuid() != 0 {
			require.ErrorIs(t, fsys.RemoveAll("/d"), fs.ErrPermission)
			requireBooks(t, fsys, open)
		}
		require.NoError(t, fsys.Chmod("/d/d/deep/er", 0o755))
		require.NoError(t, fsys.RemoveAll("/d"))
		requireBooks(t, fsys, open)
		requireUsage(t, fsys, int64(len("content")+len("more")), 2)
		require.NoError(t, open.Close())
		require.NoError(t, fsys.RemoveAll("/"))
		requireUsage(t, fsys, 0, 0)
		require.NoError(t, fsys.RemoveAll("/"))
		requireUsage(t, fsys, 0, 0)
	})
}

// TestOtherErrorsComeFirst when there is no room either: what is wrong with a name is wrong with room too.
func TestOtherErrorsComeFirst(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 7, Files: 4, Depth: 2}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", "content"[:3]))
		require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
		require.NoError(t, fsys.SymlinkIfPossible("loop", "/loop"))
		requireUsage(t, fsys, 7, 4)
		for how, c := range map[string]struct {
			err  error
			want syscall.Errno
		}{
			"mkdir over a directory":      {fsys.Mkdir("/d", 0o755), syscall.EEXIST},
			"mkdir over a file":           {fsys.Mkdir("/f", 0o755), syscall.EEXIST},
			"mkdir of the root":           {fsys.Mkdir("/", 0o755), syscall.EEXIST},
			"mkdir of no name":            {fsys.Mkdir("", 0o755), syscall.ENOENT},
			"mkdir below nothing":         {fsys.Mkdir("/missing/new", 0o755), syscall.ENOENT},
			"mkdir below a file":          {fsys.Mkdir("/f/new", 0o755), syscall.ENOTDIR},
			"mkdir below a loop":          {fsys.Mkdir("/loop/new", 0o755), syscall.ELOOP},
			"mkdir with a NUL":            {fsys.Mkdir("/a\x00", 0o755), syscall.EINVAL},
			"symlink over a file":         {fsys.SymlinkIfPossible("x", "/f"), syscall.EEXIST},
			"symlink below nothing":       {fsys.SymlinkIfPossible("x", "/missing/new"), syscall.ENOENT},
			"symlink to nothing":          {fsys.SymlinkIfPossible("", "/new"), syscall.ENOENT},
			"create over a directory":     {opened(fsys.Create("/d")), syscall.EISDIR},
			"create below nothing":        {opened(fsys.Create("/missing/new")), syscall.ENOENT},
			"create below a file":         {opened(fsys.Create("/f/new")), syscall.ENOTDIR},
			"create at a loop":            {opened(fsys.Create("/loop")), syscall.ELOOP},
			"create of what is there":     {opened(fsys.OpenFile("/f", os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)), syscall.EEXIST},
			"create with a slash":         {opened(fsys.Create("/new/")), syscall.EISDIR},
			"link over a file":            {fsys.Link("/f", "/loop"), syscall.EEXIST},
			"link of nothing":             {fsys.Link("/missing", "/new"), syscall.ENOENT},
			"link of nothing, too deep":   {fsys.Link("/missing", "/d/e/new"), syscall.ENOENT},
			"rename of nothing, too deep": {fsys.Rename("/missing", "/d/e/new"), syscall.ENOENT},
			"rename into itself":          {fsys.Rename("/d", "/d/e/new"), syscall.EINVAL},
			"truncate of a directory":     {fsys.Truncate("/d", 1<<40), syscall.EISDIR},
			"truncate to less than 0":     {fsys.Truncate("/f", -1), syscall.EINVAL},
			"mkdir of a long name":        {fsys.Mkdir("/"+strings.Repeat("n", 256), 0o755), syscall.ENAMETOOLONG},
		} {
			require.ErrorIs(t, c.err, c.want, how)
			require.NotErrorIs(t, c.err, tempfs.ErrQuota, how)
		}
		requireUsage(t, fsys, 7, 4)
	})
}

// TestMissingRightsComeFirst for a user whom they bind.
func TestMissingRightsComeFirst(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("permissions do not bind root")
	}
	eachLimited(t, tempfs.Limits{Bytes: 3, Files: 2}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		require.NoError(t, put(fsys, "/f", "abc"))
		require.NoError(t, fsys.Chmod("/d", 0o555))
		require.NoError(t, fsys.Chmod("/f", 0o444))
		for how, err := range map[string]error{
			"mkdir":    fsys.Mkdir("/d/new", 0o755),
			"create":   opened(fsys.Create("/d/new")),
			"symlink":  fsys.SymlinkIfPossible("x", "/d/new"),
			"truncate": fsys.Truncate("/f", 1<<40),
		} {
			require.ErrorIs(t, err, fs.ErrPermission, how)
			require.NotErrorIs(t, err, tempfs.ErrQuota, how)
		}
	})
}

// TestUsageIsTheSameWithoutLimits, where it has to look, as with them.
func TestUsageIsTheSameWithoutLimits(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		requireUsage(t, fsys, 0, 0)
		plant(t, fsys, "")
		requireBooks(t, fsys)
		clone := requireClone(t, fsys, tempfs.WithLimits(tempfs.Limits{Bytes: 1 << 40}))
		require.Equal(t, fsys.Usage(), clone.Usage())
		sub, err := fsys.Sub("/d")
		require.NoError(t, err)
		require.NotPanics(t, func() { sub.Usage() })
	})
}

// TestUsageCountsOpenFiles with limits and without.
func TestUsageCountsOpenFiles(t *testing.T) {
	for how, limits := range map[string]tempfs.Limits{"without": {}, "with": {Bytes: 100}} {
		t.Run(how, func(t *testing.T) {
			eachLimited(t, limits, func(t *testing.T, fsys *tempfs.Fs) {
				require.Zero(t, fsys.Usage().OpenFiles)
				f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
				again := requireOpen(t, fsys, "/f", os.O_RDONLY)
				require.Equal(t, int64(2), fsys.Usage().OpenFiles)
				require.ErrorIs(t, opened(fsys.Open("/missing")), fs.ErrNotExist)
				unnamed, err := fsys.TemporaryFile()
				require.NoError(t, err)
				require.Equal(t, int64(3), fsys.Usage().OpenFiles)
				require.NoError(t, unnamed.Close())
				require.NoError(t, f.Close())
				require.ErrorIs(t, f.Close(), fs.ErrClosed)
				require.Equal(t, int64(1), fsys.Usage().OpenFiles)
				require.NoError(t, again.Close())
				require.Zero(t, fsys.Usage().OpenFiles)
			})
		})
	}
}
