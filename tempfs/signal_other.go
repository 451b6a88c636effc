//go:build !unix && !windows

package tempfs

import (
	"os"
	"syscall"
)

var endingSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}

// dieOf exits with the status that package runtime has for a signal. It does not return.
func dieOf(os.Signal) { exit(2) }
