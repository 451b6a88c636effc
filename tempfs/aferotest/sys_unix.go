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
	return sysInfo{nlink: uint64(st.Nlink), uid: st.Uid, gid: st.Gid}, true
}

// systemLacks is for other systems.
func systemLacks(string) bool { return false }
