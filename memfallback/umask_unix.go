//go:build unix && !linux

package memfallback

import (
	"sync"
	"syscall"
)

// processUmask has no way to ask but umask(2), which must set another umask for a moment. It does so once in a process, and for
// that moment sets the strictest, so that a file that another thread makes in it gets too few rights, not too many.
var processUmask = sync.OnceValue(func() uint32 {
	mask := syscall.Umask(modePerm)
	syscall.Umask(mask)
	return uint32(mask) & modePerm
})
