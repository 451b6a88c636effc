//go:build !windows

package disk

import "syscall"

// invented is for Windows, whose codes are not those of POSIX.
func invented(errno syscall.Errno) syscall.Errno { return errno }
