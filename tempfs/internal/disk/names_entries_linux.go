package disk

import (
	"io/fs"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// This file makes, moves and removes names: the directory of the name is opened with O_PATH, the call is one of those that take a directory and a last
// component, which none of them follows.

// Mkdir makes a directory.
func (n *names) Mkdir(name string, perm fs.FileMode) syscall.Errno {
	return n.either(
		func() syscall.Errno { return n.mkdir(name, perm) },
		func(p *portable) syscall.Errno { return p.Mkdir(name, perm) },
	)
}

func (n *names) mkdir(name string, perm fs.FileMode) syscall.Errno {
	r, dir, errno := n.place(name)
	if errno != 0 {
		return errno
	}
	errno = mkdirat(dir, r.base, perm)
	n.leave(dir)
	return errno
}

// Symlink makes a symbolic link whose target is kept as given.
func (n *names) Symlink(target, name string) syscall.Errno {
	return n.either(
		func() syscall.Errno { return n.symlink(target, name) },
		func(p *portable) syscall.Errno { return p.Symlink(target, name) },
	)
}

func (n *names) symlink(target, name string) syscall.Errno {
	if hasNUL(target, name) {
		return syscall.EINVAL
	}
	if errno := checkName(target); errno != 0 {
		return errno
	}
	r, dir, errno := n.place(name)
	if errno != 0 {
		return errno
	}
	errno = uninterrupted(func() error { return unix.Symlinkat(target, dir, r.base) })
	n.leave(dir)
	return errno
}

// Remove removes a file, a link or an empty directory.
func (n *names) Remove(name string) syscall.Errno {
	return n.either(
		func() syscall.Errno { return n.remove(name) },
		func(p *portable) syscall.Errno { return p.Remove(name) },
	)
}

func (n *names) remove(name string) syscall.Errno {
	if name != "" && strings.TrimLeft(name, "/") == "" {
		return cannotRemove(lastRoot) // the base is ".", which is refused in another way
	}
	r, dir, errno := n.place(name)
	if errno != 0 {
		return errno
	}
	errno = n.removeAt(dir, r.base)
	n.leave(dir)
	return errno
}

func (*names) removeAt(dir int, base string) syscall.Errno {
	errno := unlinkat(dir, base, 0)
	if errno != 0 {
		// The choice of os.Remove between two refusals.
		if removed := unlinkat(dir, base, unix.AT_REMOVEDIR); removed != syscall.ENOTDIR {
			return removed
		}
	}
	return errno
}

// Link makes a hard link, of a symbolic link itself when oldname is one.
func (n *names) Link(oldname, newname string) syscall.Errno {
	return n.either(
		func() syscall.Errno { return n.link(oldname, newname) },
		func(p *portable) syscall.Errno { return p.Link(oldname, newname) },
	)
}

func (n *names) link(oldname, newname string) syscall.Errno {
	if hasNUL(oldname, newname) {
		return syscall.EINVAL
	}
	old, errno := routeOf(oldname)
	if errno != 0 {
		return errno
	}
	if !old.plain {
		return n.linkDirectory(&old, newname)
	}
	from, errno := n.parent(&old)
	if errno != 0 {
		return errno
	}
	defer n.leave(from)
	link, to, errno := n.place(newname)
	if errno != 0 { // what is wrong with oldname comes first
		var stat syscall.Stat_t
		if first := fstatat(from, old.base, &stat); first != 0 {
			return first
		}
		return errno
	}
	errno = linkat(from, old.base, to, link.base, 0)
	n.leave(to)
	return errno
}

// linkDirectory is for a name with a separator behind it, of which linkat(2) would follow a link on the host, and for dots. It can but be a directory, and the kernel
// says what is wrong first. Without /proc "." is asked for, which takes the right to search.
func (n *names) linkDirectory(old *route, newname string) syscall.Errno {
	from, errno := n.directory(old.path)
	if errno != 0 {
		return errno
	}
	defer func() { _ = unix.Close(from) }()
	link, to, errno := n.place(newname)
	if errno != 0 {
		return errno
	}
	errno = linkat(unix.AT_FDCWD, procPath(from), to, link.base, unix.AT_SYMLINK_FOLLOW)
	if errno == syscall.ENOENT {
		errno = linkat(from, ".", to, link.base, 0)
	}
	n.leave(to)
	return errno
}

func linkat(olddir int, oldpath string, newdir int, newpath string, flags int) syscall.Errno {
	return uninterrupted(func() error { return unix.Linkat(olddir, oldpath, newdir, newpath, flags) })
}

// Rename has os.Rename's rule for a directory at newname, then those of rename(2).
func (n *names) Rename(oldname, newname string) syscall.Errno {
	return n.either(
		func() syscall.Errno { return n.rename(oldname, newname) },
		func(p *portable) syscall.Errno { return p.Rename(oldname, newname) },
	)
}

func (n *names) rename(oldname, newname string) syscall.Errno {
	if hasNUL(oldname, newname) {
		return syscall.EINVAL
	}
	old, from, errno := n.place(oldname)
	if errno != 0 {
		return errno
	}
	defer n.leave(from)
	renamed, errno := routeOf(newname)
	if errno != 0 {
		return unsearchable(from, errno)
	}
	to := from
	if old.parent != renamed.parent {
		if to, errno = n.parent(&renamed); errno != 0 {
			return unsearchable(from, errno)
		}
		defer n.leave(to)
	}
	if errno := n.ontoDirectory(from, &old, to, &renamed); errno != 0 {
		return errno
	}
	return renameat(from, old.base, to, renamed.base)
}

// unsearchable is EACCES if nothing may be looked up in the directory, which the kernel finds out before it looks for another, else errno.
func unsearchable(dir int, errno syscall.Errno) syscall.Errno {
	var stat syscall.Stat_t
	if fstatat(dir, ".", &stat) == syscall.EACCES {
		return syscall.EACCES
	}
	return errno
}

// ontoDirectory refuses what os.Rename refuses: a new name that is a directory, unless the old name is another one of it.
func (n *names) ontoDirectory(from int, old *route, to int, renamed *route) syscall.Errno {
	var there, stat syscall.Stat_t
	if n.lstatAt(to, renamed, &there) != 0 || there.Mode&syscall.S_IFMT != syscall.S_IFDIR {
		return 0
	}
	errno := n.lstatAt(from, old, &stat)
	switch {
	case errno != 0:
		return errno
	case old.name == renamed.name || identityOfStat(&stat) != identityOfStat(&there):
		return syscall.EEXIST
	}
	return 0
}

// lstatAt is lstat of r, whose directory is open.
func (n *names) lstatAt(dir int, r *route, stat *syscall.Stat_t) syscall.Errno {
	if r.plain {
		return fstatat(dir, r.base, stat)
	}
	return n.statFound(r, unix.O_PATH|unix.O_NOFOLLOW, stat)
}
