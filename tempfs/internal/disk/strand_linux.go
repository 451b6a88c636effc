package disk

import (
	"fmt"
	"math/rand/v2"
	"syscall"

	"golang.org/x/sys/unix"
)

// Strand is for a Sub, after something was moved out of the tree of: if its directory is not below that any more it becomes one that was removed, in which nothing is
// found and nothing can be made. What is under way in it ends where it began.
func (t *Tree) Strand(of *Tree, _ *Entry) {
	if !t.root.acquire() {
		return
	}
	defer t.root.release()
	if t.isBelow(of) {
		return
	}
	if fd, errno := of.removedDirectory(); errno == 0 {
		_ = unix.Dup3(fd, t.root.fd, unix.O_CLOEXEC) // in one step for who uses the number
		_ = unix.Close(fd)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.fallback.Swap(nil); p != nil { // it is opened again, from the descriptor
		_ = p.root.Close()
	}
}

// isBelow climbs to the root directory of the other tree.
func (t *Tree) isBelow(of *Tree) bool {
	fd, errno := duplicateOf(t.root.fd)
	for errno == 0 {
		var stat unix.Stat_t
		if unix.Fstat(fd, &stat) != nil || identityOf(&stat) == of.born {
			break
		}
		above, err := unix.Openat(fd, "..", directoryFlags, 0)
		var parent unix.Stat_t
		if err != nil || unix.Fstat(above, &parent) != nil { // it was removed, or nobody may know
			_ = unix.Close(fd)
			return errnoOf(err) == syscall.ENOENT
		}
		_ = unix.Close(fd)
		fd = above
		if identityOf(&parent) == identityOf(&stat) { // the root of the host
			_ = unix.Close(fd)
			return false
		}
	}
	_ = unix.Close(fd)
	return errno == 0
}

// removedDirectory opens a directory of the tree that is gone.
func (t *Tree) removedDirectory() (fd int, errno syscall.Errno) {
	if !t.root.acquire() {
		return -1, syscall.EBADF
	}
	defer t.root.release()
	name := fmt.Sprintf(".stranded-%016x", rand.Uint64())
	if errno := mkdirat(t.root.fd, name, rootPerm); errno != 0 {
		return -1, errno
	}
	defer func() { _ = unlinkat(t.root.fd, name, unix.AT_REMOVEDIR) }()
	fd, err := unix.Openat(t.root.fd, name, directoryFlags|unix.O_NOFOLLOW, 0)
	return fd, errnoOf(err)
}
