//go:build linux && !amd64 && !arm64 && !ppc64 && !ppc64le && !riscv64 && !s390x

package disk

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fstatat does not follow path. These processors have the call under another name, or another structure for it, which package unix knows. Its
// Stat_t is that of package syscall.
func fstatat(dir int, path string, stat *syscall.Stat_t) syscall.Errno {
	return uninterrupted(func() error {
		return unix.Fstatat(dir, path, (*unix.Stat_t)(unsafe.Pointer(stat)), unix.AT_SYMLINK_NOFOLLOW)
	})
}
