package disk

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

var procReOpenFile = windows.NewLazySystemDLL("kernel32.dll").NewProc("ReOpenFile")

// syncFile opens a file for writing that is open for reading alone: FlushFileBuffers wants the right to write, fsync(2) does not. A file with the attribute
// "read-only" cannot be had: EACCES. Of a directory nothing is lost by a refusal: its entries are in the log of the filesystem, or were
// written through by who renames.
func syncFile(f *os.File) syscall.Errno {
	errno := errnoOf(f.Sync())
	if errno != syscall.EACCES {
		return errno
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return errnoOf(err)
	}
	err = conn.Control(func(fd uintptr) { errno = syncAgain(windows.Handle(fd)) })
	if errno != 0 && err == nil {
		if info, failed := f.Stat(); failed == nil && info.IsDir() {
			return 0
		}
	}
	if err != nil {
		return errnoOf(err)
	}
	return errno
}

func syncAgain(h windows.Handle) syscall.Errno {
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	again, _, errno := procReOpenFile.Call(uintptr(h), windows.GENERIC_WRITE, share, windows.FILE_FLAG_BACKUP_SEMANTICS)
	if windows.Handle(again) == windows.InvalidHandle {
		return errnoOf(errno)
	}
	defer func() { _ = windows.CloseHandle(windows.Handle(again)) }()
	return errnoOf(windows.FlushFileBuffers(windows.Handle(again)))
}
