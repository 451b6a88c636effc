//go:build unix

package memfallback

import (
	"syscall"
)

// Sys returns a *syscall.Stat_t, as package os does. Each call makes one.
func (i *fileInfo) Sys() any {
	st := new(syscall.Stat_t)
	set(&st.Dev, int64(i.dev))
	set(&st.Ino, int64(i.ino))
	set(&st.Nlink, int64(i.nlink))
	set(&st.Mode, int64(i.mode))
	st.Uid, st.Gid = i.uid, i.gid
	st.Size = i.size
	set(&st.Blksize, 4096)
	set(&st.Blocks, int64(i.units)*(unit/blockSize))
	atime, mtime, ctime := statTimes(st)
	setTime(atime, i.atime)
	setTime(mtime, i.mtime)
	setTime(ctime, i.ctime)
	return st
}

func setTime(ts *statTime, t timestamp) {
	const second = 1_000_000_000
	sec, nsec := int64(t)/second, int64(t)%second
	if nsec < 0 {
		sec, nsec = sec-1, nsec+second
	}
	set(&ts.Sec, sec)
	set(&ts.Nsec, nsec)
}

// set assigns to a field whose type depends on the system.
func set[T ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64](field *T, v int64) {
	*field = T(v)
}
