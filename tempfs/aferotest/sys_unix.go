//go:build unix

package aferotest

import (
	"io/fs"
	"syscall"
)

func sysOf(info fs.FileInfo) (sysInfo, bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st == nil {
		return sysInfo{}, false
	}
	return sysInfo{nlink: widened(st.Nlink), uid: st.Uid, gid: st.Gid}, true
}

// systemLacks is for other systems.
func systemLacks(string) bool { return false }

// widened is for a number that systems give in different sizes.
func widened[N int16 | uint16 | uint32 | uint64](n N) uint64 { return uint64(n) }
