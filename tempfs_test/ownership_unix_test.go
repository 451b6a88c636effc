//go:build unix

package tempfs_test

import (
	"fmt"
	"io/fs"
	"syscall"
)

// ownership is what an info says of a file beyond io/fs.
func ownership(info fs.FileInfo) string {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "unknown"
	}
	return fmt.Sprint(st.Uid, st.Gid, st.Nlink)
}
