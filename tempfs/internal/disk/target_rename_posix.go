//go:build !linux && !windows

package disk

import (
	"errors"
	"os"
	"syscall"
)

// rename is that of the system: package os refuses every directory that is there.
func (d directory) rename(base string, to directory, toBase string) syscall.Errno {
	return errnoOf(syscall.Rename(d.of(base), to.of(toBase)))
}

func (d directory) sync() syscall.Errno {
	f, err := os.Open(d.path)
	if err != nil {
		return errnoOf(err)
	}
	return errnoOf(errors.Join(f.Sync(), f.Close()))
}
