//go:build !linux && !darwin && !windows

package disk

import "syscall"

func (directory) renameExclusive(string, directory, string) syscall.Errno { return syscall.ENOSYS }

func (directory) exchange(string, directory, string) syscall.Errno { return syscall.ENOSYS }
