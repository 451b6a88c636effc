//go:build unix

package tempfs_test

import (
	"syscall"

	"github.com/aferotemp/go/tempfs"
)

func init() { keepingEnds["signal"] = "signal: terminated" }

// dieOfSignal returns only if the process outlives it.
func dieOfSignal() error {
	tempfs.ReleaseOnSignal(syscall.SIGTERM)
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
		return err
	}
	select {}
}
