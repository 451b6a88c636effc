//go:build linux && (amd64 || arm64 || ppc64 || ppc64le || riscv64 || s390x)

package disk

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fstatat does not follow path.
func fstatat(dir int, path string, stat *syscall.Stat_t) syscall.Errno {
	var short shortPath
	p := short.of(path)
	for {
		_, _, errno := unix.Syscall6(unix.SYS_NEWFSTATAT, uintptr(dir), uintptr(unsafe.Pointer(p)),
			uintptr(unsafe.Pointer(stat)), unix.AT_SYMLINK_NOFOLLOW, 0, 0)
		if errno != syscall.EINTR {
			return errno
		}
	}
}
