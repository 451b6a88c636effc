package disk

import (
	"io/fs"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The functions of this file are those of package unix for paths, without their allocation for the C string: that is on the stack unless it is
// long. Each one tries again after a signal. No path may have a NUL in it.

// shortPath has room for nearly all paths that anybody uses, and is quickly cleared.
type shortPath [192]byte

// of is the C string of path.
func (b *shortPath) of(path string) *byte {
	if len(path) < len(b) {
		copy(b[:], path) // the rest is zero
		return &b[0]
	}
	long := make([]byte, len(path)+1)
	copy(long, path)
	return &long[0]
}

func openat2(dir int, path string, how *unix.OpenHow) (int, syscall.Errno) {
	var short shortPath
	p := short.of(path)
	for {
		fd, _, errno := unix.Syscall6(unix.SYS_OPENAT2, uintptr(dir), uintptr(unsafe.Pointer(p)),
			uintptr(unsafe.Pointer(how)), unsafe.Sizeof(*how), 0, 0)
		switch errno {
		case 0:
			return int(fd), 0
		case syscall.EINTR:
		default:
			return -1, errno
		}
	}
}

func renameat(olddir int, oldpath string, newdir int, newpath string) syscall.Errno {
	var oldshort, newshort shortPath
	from, to := oldshort.of(oldpath), newshort.of(newpath)
	for {
		_, _, errno := unix.Syscall6(unix.SYS_RENAMEAT2, uintptr(olddir), uintptr(unsafe.Pointer(from)),
			uintptr(newdir), uintptr(unsafe.Pointer(to)), 0, 0)
		if errno != syscall.EINTR {
			return errno
		}
	}
}

func mkdirat(dir int, path string, perm fs.FileMode) syscall.Errno {
	return at(unix.SYS_MKDIRAT, dir, path, uintptr(modeBits(perm)), 0)
}

func unlinkat(dir int, path string, flags int) syscall.Errno {
	return at(unix.SYS_UNLINKAT, dir, path, uintptr(flags), 0)
}

// fchmodat2 came with Linux 6.6.
func fchmodat2(dir int, path string, bits uint32, flags int) syscall.Errno {
	return at(unix.SYS_FCHMODAT2, dir, path, uintptr(bits), uintptr(flags))
}

// at makes a system call of a directory, a path and two numbers.
func at(trap uintptr, dir int, path string, a, b uintptr) syscall.Errno {
	var short shortPath
	p := short.of(path)
	for {
		_, _, errno := unix.Syscall6(trap, uintptr(dir), uintptr(unsafe.Pointer(p)), a, b, 0, 0)
		if errno != syscall.EINTR {
			return errno
		}
	}
}

// uninterrupted calls op until no signal interrupts it.
func uninterrupted(op func() error) syscall.Errno {
	for {
		if errno := errnoOf(op()); errno != syscall.EINTR {
			return errno
		}
	}
}
