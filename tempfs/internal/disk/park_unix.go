//go:build unix && !aix && !solaris

package disk

import (
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// A walker keeps no more than maxOpen directories open. Of those above the oldest is parked: closed, and opened again by ".." of the one below when the
// walk comes back, if that leads to the same inode. So it does unless somebody has moved the directory below.

const (
	fewestOpen = 8
	mostOpen   = 512
)

// maxOpen leaves the process three quarters of its descriptors.
func maxOpen() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fewestOpen
	}
	return int(min(max(uint64(limit.Cur)/4, fewestOpen), mostOpen)) //nolint:unconvert // its type differs between systems
}

// park closes the oldest directory that is open, and reports false if there is none but the last.
func (w *walker) park() bool {
	for ; w.parked < len(w.stack)-1; w.parked++ {
		f := w.stack[w.parked]
		if f.isHeld() || f.fd < 0 {
			continue
		}
		var stat unix.Stat_t
		if unix.Fstat(f.fd, &stat) != nil {
			return false
		}
		f.id = identityOf(&stat)
		_ = unix.Close(f.fd)
		f.fd = -1
		w.parked++
		return true
	}
	return false
}

// gaveUp says that a helper leaves a directory to others. It never leaves the removal.
const gaveUp syscall.Errno = 1<<24 + 2

// open opens the subdirectory name of f. Without descriptors left, it first gives up those that it can do without.
func (w *walker) open(f *frame, name []byte) (int, syscall.Errno) {
	fd, errno := w.openRepaired(f, name)
	if !isExhausted(errno) {
		return fd, errno
	}
	w.parkAll()
	if fd, errno = w.openRepaired(f, name); !isExhausted(errno) {
		return fd, errno
	}
	w.crew.disband()
	if w.helps {
		w.gaveUp = true
		return -1, gaveUp
	}
	for _, above := range w.stack {
		w.join(above)
	}
	w.parked = 0 // those that were held can be parked, too
	w.parkAll()
	return w.openRepaired(f, name)
}

func (w *walker) parkAll() {
	for w.park() {
	}
}

func isExhausted(errno syscall.Errno) bool { return errno == syscall.EMFILE || errno == syscall.ENFILE }

// openRepaired opens the subdirectory name of f, and gives back permissions that are in the way.
func (w *walker) openRepaired(f *frame, name []byte) (int, syscall.Errno) {
	fd, errno := w.mount.open(f.fd, name)
	if errno != syscall.EACCES || !w.repairs {
		return fd, errno
	}
	if w.repair(f) {
		if fd, errno = w.mount.open(f.fd, name); errno != syscall.EACCES {
			return fd, errno
		}
	}
	return w.mount.openDenied(f.fd, name, isOurs)
}

// openAbove sees to it that the directory above f is open. If it cannot be found any more the walk goes on from the nearest that can, and the
// answer is false.
func (w *walker) openAbove(f *frame) bool {
	above := f.above
	if above.fd >= 0 {
		return true
	}
	fd, errno := w.openParent(f)
	if errno == 0 && isInode(fd, above.id) {
		above.fd = fd
		w.parked--
		return true
	}
	if errno == 0 {
		_ = unix.Close(fd)
	}
	w.pop()
	w.findStack(f.name)
	return false
}

func (w *walker) openParent(f *frame) (int, syscall.Errno) {
	parent := []byte("..\x00")
	fd, errno := w.mount.open(f.fd, parent)
	if errno == syscall.EACCES && w.repair(f) {
		fd, errno = w.mount.open(f.fd, parent)
	}
	return fd, errno
}

func isInode(fd int, id identity) bool {
	var stat unix.Stat_t
	return unix.Fstat(fd, &stat) == nil && identityOf(&stat) == id
}

// findStack walks down by the names of the stack as far as they lead to what was there before. What is below is not there any more.
func (w *walker) findStack(lost []byte) {
	found := len(w.stack)
	for i, f := range w.stack {
		if f.fd < 0 {
			fd, errno := w.openRepaired(f.above, f.name)
			if errno == 0 && !isInode(fd, f.id) {
				_ = unix.Close(fd)
				errno = syscall.ENOENT
			}
			if errno != 0 {
				found, lost = i, f.name
				break
			}
			f.fd = fd
		}
		if i > 0 && !w.stack[i-1].isHeld() {
			_ = unix.Close(w.stack[i-1].fd)
			w.stack[i-1].fd = -1
		}
	}
	above, lost := w.directory(found), slices.Clone(lost) // pop may give a frame to another directory
	for len(w.stack) > found {
		w.join(w.stack[len(w.stack)-1])
		w.pop()
	}
	w.parked = max(found-1, 0)
	w.again(above, lost)
}

// directory is the one above a place of the stack.
func (w *walker) directory(place int) *frame {
	if place == 0 {
		return w.stack[0].above
	}
	return w.stack[place-1]
}
