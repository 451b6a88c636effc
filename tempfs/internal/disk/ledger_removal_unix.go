//go:build unix && !aix && !solaris

package disk

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

// unlinkAt is unlinkat(2) of name in the directory of the descriptor, and its entry in the books. A nil ledger keeps none.
func (l *ledger) unlinkAt(dir int, name []byte, flags int) syscall.Errno {
	if l == nil {
		return unlinkName(dir, name, flags)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var stat unix.Stat_t
	missing := unix.Fstatat(dir, text(name), &stat, unix.AT_SYMLINK_NOFOLLOW)
	errno := unlinkName(dir, name, flags)
	if errno != 0 || missing != nil {
		return errno
	}
	i := inode{id: identityOf(&stat), kind: fs.ModeDir, size: stat.Size}
	switch stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		i.kind = 0
	case unix.S_IFLNK:
		i.kind = fs.ModeSymlink
	}
	l.unnamed(&i)
	return 0
}
