//go:build unix

package tempfs_test

import "syscall"

func setLimit(limit *syscall.Rlimit, n uint64) {
	setNumber(&limit.Cur, n)
	setNumber(&limit.Max, n)
}

// setNumber is for numbers whose types differ between systems.
func setNumber[T int64 | uint64](number *T, n uint64) { *number = T(n) }
