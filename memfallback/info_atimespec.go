//go:build darwin || freebsd || netbsd

package memfallback

import "syscall"

type statTime = syscall.Timespec

func statTimes(st *syscall.Stat_t) (atime, mtime, ctime *statTime) {
	return &st.Atimespec, &st.Mtimespec, &st.Ctimespec
}
