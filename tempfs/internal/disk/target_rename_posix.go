//go:build !linux && !windows

package disk

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// rename is that of the system: package os refuses every directory that is there. A runtime for WebAssembly may clean paths, as wazero does, and
// would move the directory itself where a kernel refuses ".".
func (d directory) rename(base string, to directory, toBase string) syscall.Errno {
	if base == "." && runtime.GOOS == "wasip1" {
		return syscall.EBUSY
	}
	return errnoOf(syscall.Rename(d.of(base), to.of(toBase)))
}

func (d directory) sync() syscall.Errno {
	f, err := os.Open(d.path)
	if err != nil {
		return errnoOf(err)
	}
	return errnoOf(errors.Join(f.Sync(), f.Close()))
}
