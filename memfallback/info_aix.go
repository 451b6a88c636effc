package memfallback

import "syscall"

type statTime = syscall.StTimespec_t

func statTimes(st *syscall.Stat_t) (atime, mtime, ctime *statTime) {
	return &st.Atim, &st.Mtim, &st.Ctim
}
