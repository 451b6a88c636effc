//go:build unix && !linux

package disk

import (
	"io/fs"
	"syscall"
)

// withMode is what Sys of an info of a directory gives, with another mode in it.
func withMode(sys any, mode fs.FileMode) any {
	stat, ok := sys.(*syscall.Stat_t)
	if !ok {
		return sys
	}
	shown := *stat
	setMode(&shown.Mode, syscall.S_IFDIR|modeBits(mode))
	return &shown
}

// setMode is for a field whose type differs between systems.
func setMode[T uint16 | uint32](field *T, mode uint32) { *field = T(mode) }
