package tempfs

import (
	"io/fs"
	"os"
	"syscall"
)

// RemoveAll removes what name is and everything below it, links not followed. A missing name, and "", are success; of
// "/" it removes the content. A name that ends in "." or ".." is EINVAL and removes nothing, "./" and "a/.." too, which
// package os empties before it fails. In all else it mirrors [os.RemoveAll].
func (f *Fs) RemoveAll(name string) error {
	if !f.enter() {
		return pathError(opUnlinkat, name, fs.ErrClosed)
	}
	defer f.leave()
	if name == "" { // as package os has it
		return nil
	}
	if endsWithDot(name) {
		return pathError("RemoveAll", name, syscall.EINVAL)
	}
	failed, errno := f.backend.RemoveAll(name)
	if failed == "" {
		failed = name
	}
	return pathErrno(opUnlinkat, failed, errno)
}

func endsWithDot(name string) bool {
	n := len(name)
	return n > 0 && name[n-1] == '.' && (n == 1 || os.IsPathSeparator(name[n-2]))
}
