package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// os.Root opens the directories of a path for reading. The kernel asks for search permission alone, so what os.Root
// refuses with EACCES is tried here once more, from descriptors opened with O_PATH: one component at a time and never
// through a link, hence without a way out.

// denied reports whether err may be about a directory on the way.
func denied(path string, err error) bool {
	return err != nil && errors.Is(err, syscall.EACCES) && strings.Contains(path, "/")
}

// at runs op with a descriptor of the directory that path lies in, and its last component.
func (g guard) at(path string, op func(dir int, base string) error) error {
	root, err := g.Open(".")
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	conn, err := root.SyscallConn()
	if err != nil {
		return err
	}
	failed := conn.Control(func(fd uintptr) { err = below(int(fd), path, op) })
	return errors.Join(failed, err)
}

// below walks path with two descriptors at most.
func below(root int, path string, op func(dir int, base string) error) error {
	dir := root
	defer func() {
		if dir != root {
			_ = unix.Close(dir)
		}
	}()
	for {
		component, rest, more := strings.Cut(path, "/")
		switch {
		case component == "..":
			return unix.EACCES // no path that comes here has one
		case !more:
			return op(dir, component)
		}
		next, err := unix.Openat(dir, component, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		if dir != root {
			_ = unix.Close(dir)
		}
		dir, path = next, rest
	}
}

// own gives the directory at path the mode rootPerm, and nothing that took its name meanwhile: a file may have other names, outside.
func (g guard) own(path string) error {
	return g.at(path, func(dir int, base string) error {
		fd, err := unix.Openat(dir, base, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer func() { _ = unix.Close(fd) }()
		return errorOf(chmodDescriptor(fd, rootPerm))
	})
}

// search gives the error of looking anything up in the directory at path.
func (g guard) search(path string) error {
	return g.at(path+"/.", func(dir int, base string) error {
		fd, err := unix.Openat(dir, base, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		return unix.Close(fd)
	})
}

// Lstat mirrors os.Root.Lstat.
func (g guard) Lstat(path string) (fs.FileInfo, error) {
	info, err := g.Root.Lstat(path)
	if !denied(path, err) {
		return info, err
	}
	err = g.at(path, func(dir int, base string) error {
		fd, failed := unix.Openat(dir, base, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if failed != nil {
			return failed
		}
		f := os.NewFile(uintptr(fd), base)
		info, failed = f.Stat()
		return errors.Join(failed, f.Close())
	})
	return info, err
}

// Stat mirrors os.Root.Stat. A link at the end is left to the resolver.
func (g guard) Stat(path string) (fs.FileInfo, error) {
	info, err := g.Root.Stat(path)
	if !denied(path, err) || g.isLink(path) {
		return info, err
	}
	return g.Lstat(path)
}

func (g guard) isLink(path string) bool {
	info, err := g.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// Readlink mirrors os.Root.Readlink.
func (g guard) Readlink(path string) (string, error) {
	target, err := g.Root.Readlink(path)
	if !denied(path, err) {
		return target, err
	}
	err = g.at(path, func(dir int, base string) error {
		var buf [pathMax]byte
		n, failed := unix.Readlinkat(dir, base, buf[:])
		target = string(buf[:max(n, 0)])
		return failed
	})
	return target, err
}

// OpenFile mirrors os.Root.OpenFile.
func (g guard) OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	f, err := g.Root.OpenFile(path, flag, perm)
	if !denied(path, err) {
		return f, err
	}
	return g.create(path, flag, perm.Perm())
}

// create opens a path without links, with a mode of any bits for a new file.
func (g guard) create(path string, flag int, perm fs.FileMode) (f *os.File, err error) {
	err = g.at(path, func(dir int, base string) error {
		for {
			fd, failed := unix.Openat(dir, base, flag|unix.O_NOFOLLOW|unix.O_CLOEXEC, modeBits(perm))
			if errors.Is(failed, unix.EINTR) {
				continue
			}
			if failed == nil {
				f = os.NewFile(uintptr(fd), base)
			}
			return failed
		}
	})
	return f, err
}

// procPath leads to the file of a descriptor, whatever its name is by now.
func procPath(fd int) string { return fmt.Sprintf("/proc/self/fd/%d", fd) }

// OpenRoot mirrors os.Root.OpenRoot.
func (g guard) OpenRoot(path string) (*os.Root, error) {
	root, err := g.Root.OpenRoot(path)
	if !denied(path, err) {
		return root, err
	}
	err = g.at(path, func(dir int, base string) error {
		fd, failed := unix.Openat(dir, base, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if failed != nil {
			return failed
		}
		defer func() { _ = unix.Close(fd) }()
		root, failed = os.OpenRoot(procPath(fd))
		return failed
	})
	return root, err
}

// Mkdir mirrors os.Root.Mkdir.
func (g guard) Mkdir(path string, perm fs.FileMode) error {
	return g.again(path, g.Root.Mkdir(path, perm), func(dir int, base string) error {
		return unix.Mkdirat(dir, base, uint32(perm.Perm()))
	})
}

// mkdirSticky is Mkdir with the sticky bit, at a path without links.
func (g guard) mkdirSticky(path string, perm fs.FileMode) error {
	return g.at(path, func(dir int, base string) error {
		return unix.Mkdirat(dir, base, modeBits(perm|fs.ModeSticky))
	})
}

// again runs op when first, the answer of os.Root, may be about a directory that cannot be read.
func (g guard) again(path string, first error, op func(dir int, base string) error) error {
	if !denied(path, first) {
		return first
	}
	return g.at(path, op)
}

// Remove mirrors os.Root.Remove, with os.Remove's choice between two errors.
func (g guard) Remove(path string) error {
	return g.again(path, g.Root.Remove(path), func(dir int, base string) error {
		unlinked := unix.Unlinkat(dir, base, 0)
		if unlinked == nil {
			return nil
		}
		removed := unix.Unlinkat(dir, base, unix.AT_REMOVEDIR)
		if errors.Is(removed, unix.ENOTDIR) {
			return unlinked
		}
		return removed
	})
}

// Rename mirrors os.Root.Rename. Onto a directory the answer stays that of os.Root.
func (g guard) Rename(oldpath, newpath string) error {
	err := g.Root.Rename(oldpath, newpath)
	if !denied(oldpath, err) && !denied(newpath, err) {
		return err
	}
	if info, failed := g.Lstat(newpath); failed == nil && info.IsDir() {
		return err
	}
	return g.atBoth(oldpath, newpath, unix.Renameat)
}

// Link mirrors os.Root.Link.
func (g guard) Link(oldpath, newpath string) error {
	err := g.Root.Link(oldpath, newpath)
	if !denied(oldpath, err) && !denied(newpath, err) {
		return err
	}
	return g.atBoth(oldpath, newpath, func(olddir int, oldbase string, newdir int, newbase string) error {
		return unix.Linkat(olddir, oldbase, newdir, newbase, 0)
	})
}

func (g guard) atBoth(oldpath, newpath string, op func(olddir int, oldbase string, newdir int, newbase string) error) error {
	return g.at(oldpath, func(olddir int, oldbase string) error {
		return g.at(newpath, func(newdir int, newbase string) error { return op(olddir, oldbase, newdir, newbase) })
	})
}

// Symlink mirrors os.Root.Symlink.
func (g guard) Symlink(target, path string) error {
	return g.again(path, g.Root.Symlink(target, path), func(dir int, base string) error {
		return unix.Symlinkat(target, dir, base)
	})
}

// Chmod mirrors os.Root.Chmod for what is not a link.
func (g guard) Chmod(path string, mode fs.FileMode) error {
	return g.again(path, g.Root.Chmod(path, mode), func(dir int, base string) error {
		return errorOf(chmodAt(dir, base, uint32(mode.Perm())))
	})
}

// Chown mirrors os.Root.Chown. A link at the end is left to the resolver.
func (g guard) Chown(path string, uid, gid int) error {
	err := g.Root.Chown(path, uid, gid)
	if !denied(path, err) || g.isLink(path) {
		return err
	}
	return g.Lchown(path, uid, gid)
}

// Lchown mirrors os.Root.Lchown.
func (g guard) Lchown(path string, uid, gid int) error {
	return g.again(path, g.Root.Lchown(path, uid, gid), func(dir int, base string) error {
		return unix.Fchownat(dir, base, uid, gid, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// Chtimes mirrors os.Root.Chtimes. A link at the end is left to the resolver.
func (g guard) Chtimes(path string, atime, mtime time.Time) error {
	err := g.Root.Chtimes(path, atime, mtime)
	if !denied(path, err) || g.isLink(path) {
		return err
	}
	return g.at(path, func(dir int, base string) error {
		times := []unix.Timespec{timespec(atime), timespec(mtime)}
		return unix.UtimesNanoAt(dir, base, times, unix.AT_SYMLINK_NOFOLLOW)
	})
}

func timespec(t time.Time) unix.Timespec {
	if t.IsZero() {
		return unix.Timespec{Nsec: unix.UTIME_OMIT}
	}
	return unix.NsecToTimespec(t.UnixNano())
}
