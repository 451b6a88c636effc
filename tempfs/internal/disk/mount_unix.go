//go:build unix && !linux

package disk

import "syscall"

// mountOf identifies the filesystem that the directory at path is on.
func mountOf(g guard, path string) (id uint64, known bool) {
	info, err := g.Lstat(path)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return uint64(stat.Dev), true //nolint:unconvert // its type differs between systems
}
