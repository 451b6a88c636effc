package disk

import (
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// Names are resolved by openat2(2), from the descriptor of the root directory.
//
// A walk that follows no link and never climbs cannot leave, so most names take one call that refuses links and mounts. What that cannot resolve,
// and a name with "..", is walked with the root directory as the kernel's own root, as in a chroot: absolute links begin there, ".." ends there.
// No path is ever put together here, and no descriptor of a directory kept: somebody may move it out of the tree.
const (
	directly = unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_XDEV
	chrooted = unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV
)

const (
	// maxRaces bounds the answers EAGAIN, by which the kernel says that a rename or mount, anywhere on the system, came in between a "..".
	// 42 in a row were seen of short names; a name of a thousand ".." is not walked as long as somebody renames without a pause.
	maxRaces = 128
	// maxMoved bounds the answers EXDEV, by which it says that a directory on the way has been moved out of the root directory, or that there is a mount.
	maxMoved = 4
)

// blocked is the errno of openat2(2) when it is missing, or forbidden by a filter, or did not come to an end: the operation is to be done the other way. It
// never leaves this package.
const blocked syscall.Errno = 1<<24 + 2

// noOpenat2 is set when that was found. A filter may come at any time.
var noOpenat2 atomic.Bool

// found is a descriptor that a lookup opened. Its close is the caller's.
type found struct {
	fd int
	// direct says that no link was followed and no ".." met: the path is that of the file.
	direct bool
}

func (f found) close() { _ = unix.Close(f.fd) }

// find is lookup of a name.
func (n *names) find(name string, flags int, mode uint32) (found, syscall.Errno) {
	r, errno := routeOf(name)
	if errno != 0 {
		return found{-1, false}, errno
	}
	return n.lookup(r.path, flags, mode)
}

// lookup opens path, with mode for what it makes.
func (n *names) lookup(path string, flags int, mode uint32) (found, syscall.Errno) {
	how := unix.OpenHow{Flags: uint64(flags) | unix.O_CLOEXEC, Mode: uint64(mode), Resolve: directly}
	errno := syscall.ELOOP
	if !climbs(path) {
		var fd int
		if fd, errno = openat2(n.root.fd, path, &how); errno == 0 {
			return found{fd, true}, 0
		}
	}
	if errno == syscall.ELOOP {
		how.Resolve = chrooted
		var fd int
		switch fd, errno = n.lookupChrooted(path, &how); errno {
		case 0:
			return found{fd, false}, 0
		case syscall.EAGAIN:
			errno = blocked
		}
	}
	if mayBeBlocked(errno) && isBlocked(n.root.fd) {
		errno = blocked
	}
	return found{-1, false}, errno
}

func (n *names) lookupChrooted(path string, how *unix.OpenHow) (fd int, errno syscall.Errno) {
	races, moved := 0, 0
	for {
		fd, errno = openat2(n.root.fd, path, how)
		switch {
		case errno == syscall.EAGAIN && races < maxRaces:
			races++
		case errno == syscall.EXDEV && moved < maxMoved:
			moved++
		default:
			return fd, errno
		}
	}
}

func mayBeBlocked(errno syscall.Errno) bool { return errno == syscall.ENOSYS || errno == syscall.EPERM }

// isBlocked tells a filter's EPERM from that of a file: it asks for what is always granted.
func isBlocked(dir int) bool {
	fd, errno := openat2(dir, ".", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: directly})
	if errno == 0 {
		_ = unix.Close(fd)
		return false
	}
	if !mayBeBlocked(errno) {
		return false
	}
	noOpenat2.Store(true)
	return true
}

// parent opens the directory that the last component of r is in. In the root directory it is that one's own descriptor. leave must follow.
func (n *names) parent(r *route) (dir int, errno syscall.Errno) {
	if r.parent == "" {
		return n.root.fd, 0
	}
	return n.directory(r.parent)
}

func (n *names) directory(path string) (int, syscall.Errno) {
	f, errno := n.lookup(path, unix.O_PATH|unix.O_DIRECTORY, 0)
	return f.fd, errno
}

// place is the parent of name. leave must follow.
func (n *names) place(name string) (r route, dir int, errno syscall.Errno) {
	if r, errno = routeOf(name); errno != 0 {
		return r, -1, errno
	}
	dir, errno = n.parent(&r)
	return r, dir, errno
}

func (n *names) leave(dir int) {
	if dir != n.root.fd {
		_ = unix.Close(dir)
	}
}
