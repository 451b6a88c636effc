//go:build !linux

package disk

import "syscall"

// isDirect is not known.
func (t *Tree) isDirect(string) bool { return false }

// mayWriteIn is not known before it is tried.
func (t *Tree) mayWriteIn(string) syscall.Errno { return 0 }
