//go:build !linux

package disk

import "syscall"

// Reflink is for Linux alone.
func Reflink(_, _ syscall.Conn) syscall.Errno { return syscall.EOPNOTSUPP }

// CopyRange is for Linux alone.
func CopyRange(_, _ syscall.Conn, _ int64, _ int) (int, syscall.Errno) { return 0, syscall.EOPNOTSUPP }

// CopyNext is for Linux alone.
func CopyNext(_, _ syscall.Conn, _ int) (int, syscall.Errno) { return 0, syscall.EOPNOTSUPP }
