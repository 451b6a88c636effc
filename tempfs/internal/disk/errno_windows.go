package disk

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// invented maps a Win32 code to the errno that package syscall invented for it, so that a program finds the
// same errno as elsewhere. Of a code that has none the caller learns the code.
func invented(errno syscall.Errno) syscall.Errno {
	switch errno {
	case windows.ERROR_FILE_NOT_FOUND, windows.ERROR_PATH_NOT_FOUND, windows.ERROR_BAD_NETPATH:
		return syscall.ENOENT
	case windows.ERROR_ALREADY_EXISTS, windows.ERROR_FILE_EXISTS:
		return syscall.EEXIST
	case windows.ERROR_ACCESS_DENIED, windows.ERROR_LOCK_VIOLATION:
		return syscall.EACCES
	case windows.ERROR_SHARING_VIOLATION:
		return syscall.EBUSY // in use by the system or another process, as unlink(3p) has it
	case windows.ERROR_PRIVILEGE_NOT_HELD:
		return syscall.EPERM
	case windows.ERROR_DIR_NOT_EMPTY:
		return syscall.ENOTEMPTY
	case windows.ERROR_DIRECTORY:
		return syscall.ENOTDIR
	case windows.ERROR_INVALID_NAME, windows.ERROR_INVALID_PARAMETER, windows.ERROR_NEGATIVE_SEEK:
		return syscall.EINVAL
	case windows.ERROR_FILENAME_EXCED_RANGE:
		return syscall.ENAMETOOLONG
	case windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL:
		return syscall.ENOSPC
	case windows.ERROR_INVALID_HANDLE:
		return syscall.EBADF
	case windows.ERROR_NOT_SAME_DEVICE:
		return syscall.EXDEV
	case windows.ERROR_TOO_MANY_OPEN_FILES:
		return syscall.EMFILE
	case windows.ERROR_CANT_RESOLVE_FILENAME:
		return syscall.ELOOP
	case windows.ERROR_NOT_SUPPORTED:
		return syscall.ENOTSUP
	}
	return errno
}
