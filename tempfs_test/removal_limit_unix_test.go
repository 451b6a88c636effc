//go:build unix && !freebsd

package tempfs_test

import "syscall"

func setLimit(limit *syscall.Rlimit, n uint64) { limit.Cur, limit.Max = n, n }
