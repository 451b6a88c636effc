package aferotest

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// errUmask is for a process that compares with the record, has another umask, and may not have one for a thread alone.
var errUmask = errors.New("aferotest: the recorded answers are for umask 022, which this process does not have and may not set for one thread")

// useRecordedUmask gives the calling goroutine, and nobody else, the umask 022 of the record. Linux keeps a umask for each thread
// that has left CLONE_FS, which takes no privilege; the goroutine keeps its thread and takes it with it when it ends.
func useRecordedUmask() error {
	runtime.LockOSThread()
	if err := syscall.Unshare(syscall.CLONE_FS); err == nil {
		syscall.Umask(0o022)
		return nil
	}
	runtime.UnlockOSThread() // some containers forbid it
	status, err := os.ReadFile("/proc/self/status")
	if err == nil && strings.Contains(string(status), "\nUmask:\t") && !strings.Contains(string(status), "\nUmask:\t0022\n") {
		return errUmask
	}
	return nil
}
