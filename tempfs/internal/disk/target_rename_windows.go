package disk

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// moveFile writes the change of the directory through to the disk, for which there is no fsync of a directory here.
func moveFile(from, to string, flags uint32) syscall.Errno {
	fromUTF16, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return errnoOf(err)
	}
	toUTF16, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return errnoOf(err)
	}
	return errnoOf(windows.MoveFileEx(fromUTF16, toUTF16, flags|windows.MOVEFILE_WRITE_THROUGH))
}

// rename replaces a file. A directory it replaces by nothing, which MoveFileEx says with EACCES.
func (d directory) rename(base string, to directory, toBase string) syscall.Errno {
	return moveFile(d.of(base), to.of(toBase), windows.MOVEFILE_REPLACE_EXISTING)
}

func (d directory) renameExclusive(base string, to directory, toBase string) syscall.Errno {
	return moveFile(d.of(base), to.of(toBase), 0)
}

func (directory) exchange(string, directory, string) syscall.Errno { return syscall.ENOSYS }

// sync has nothing to do: each rename was written through.
func (directory) sync() syscall.Errno { return 0 }
