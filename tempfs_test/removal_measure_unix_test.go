//go:build unix

package tempfs_test

import (
	"os/exec"
	"syscall"
	"time"
)

// removeByCommand is rm(1).
func removeByCommand(dir string) error {
	return exec.Command("rm", "-rf", "--", dir).Run()
}

// cpuTime is what the process has used so far.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
