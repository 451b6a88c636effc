//go:build !windows

package disk

import "syscall"

// patience is for Windows, where what others have open may keep its name.
type patience struct{}

func (patience) with(op func() syscall.Errno) syscall.Errno { return op() }
