//go:build !linux

package disk

import (
	"io/fs"
	"syscall"
)

// openUnnamed needs O_TMPFILE, which Linux alone has: EOPNOTSUPP.
func (n *names) openUnnamed(*File, string, int, fs.FileMode, bool) syscall.Errno {
	return syscall.EOPNOTSUPP
}

// OpenUnnamed is Tree.OpenUnnamed in dir.
func (h Host) OpenUnnamed(int, fs.FileMode, bool) (Handle, syscall.Errno) {
	return nil, syscall.EOPNOTSUPP
}

// OpenMemory needs memfd_create(2): ENOSYS.
func OpenMemory(int) (Handle, syscall.Errno) { return nil, syscall.ENOSYS }
