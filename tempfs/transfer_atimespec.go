//go:build darwin || freebsd || netbsd

package tempfs

import "syscall"

func statAccessTime(st *syscall.Stat_t) interface{ Unix() (sec, nsec int64) } { return &st.Atimespec }
