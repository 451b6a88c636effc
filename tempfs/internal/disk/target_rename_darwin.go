package disk

import (
	"syscall"

	"golang.org/x/sys/unix"
)

func (d directory) renameExclusive(base string, to directory, toBase string) syscall.Errno {
	return d.renameBy(unix.RENAME_EXCL, base, to, toBase)
}

func (d directory) exchange(base string, to directory, toBase string) syscall.Errno {
	return d.renameBy(unix.RENAME_SWAP, base, to, toBase)
}

// renameBy is renameatx_np(2).
func (d directory) renameBy(flag uint32, base string, to directory, toBase string) syscall.Errno {
	return errnoOf(unix.RenameatxNp(unix.AT_FDCWD, d.of(base), unix.AT_FDCWD, to.of(toBase), flag))
}
