package faults

import (
	"sync"
	"syscall"
	"time"

	"github.com/aferotemp/go/tempfs"
)

// Fail stops operations with err.
func Fail(err error, when ...When) tempfs.Hook {
	return func(op tempfs.Op) error {
		if all(when, op) {
			return err
		}
		return nil
	}
}

// Full is a disk with room for n bytes. Writes use it up, whatever they write over, and nothing gives it back. The write that finds too little is
// short: it fills the disk, and fails with ENOSPC. So does every later one.
func Full(n int64, when ...When) tempfs.Hook {
	var mu sync.Mutex
	left := max(n, 0)
	return func(op tempfs.Op) error {
		if op.Kind != tempfs.OpWrite || !all(when, op) {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if int64(op.Len) <= left {
			left -= int64(op.Len)
			return nil
		}
		short := &tempfs.ShortWrite{N: int(left), Err: syscall.ENOSPC}
		left = 0
		return short
	}
}

// Slow makes operations take longer by d. In a bubble of testing/synctest no time passes outside.
func Slow(d time.Duration, when ...When) tempfs.Hook {
	return func(op tempfs.Op) error {
		if all(when, op) {
			time.Sleep(d)
		}
		return nil
	}
}

// First asks the hooks one after the other until one stops the operation. A hook that is nil stops nothing.
func First(hooks ...tempfs.Hook) tempfs.Hook {
	return func(op tempfs.Op) error {
		for _, h := range hooks {
			if h == nil {
				continue
			}
			if err := h(op); err != nil {
				return err
			}
		}
		return nil
	}
}
