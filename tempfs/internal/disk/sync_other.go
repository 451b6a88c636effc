//go:build !windows && !linux

package disk

import (
	"os"
	"syscall"
)

func syncFile(f *os.File) syscall.Errno { return errnoOf(f.Sync()) }
