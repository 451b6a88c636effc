//go:build unix && !aix && !solaris

package disk

import (
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
	bytes := int64(0)
	if kind := stat.Mode & unix.S_IFMT; kind == unix.S_IFREG || kind == unix.S_IFLNK {
		bytes = stat.Size
	}
	l.unnamed(identityOf(&stat), bytes)
	return 0
}
