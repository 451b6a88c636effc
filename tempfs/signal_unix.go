//go:build unix

package tempfs

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// endingSignals are those that people and supervisors end a process with. SIGQUIT is for its stacks, which it prints.
var endingSignals = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}

// dieOf gives sig its default action, which also ends what others were told of it, and sends it to the process. It does not return.
func dieOf(sig os.Signal) {
	number, ok := sig.(syscall.Signal)
	if !ok {
		exit(1)
	}
	// The kernel drops a signal whose action is the default when it comes to the first process of a PID namespace, pid_namespaces(7).
	if pid := syscall.Getpid(); pid != 1 {
		signal.Reset(sig)
		if syscall.Kill(pid, number) == nil {
			time.Sleep(deathTimeout)
		}
	}
	exit(128 + int(number))
}

// deathTimeout bounds the wait for the signal's delivery, which another thread may get. What lives then was sent a signal whose default
// action is no death.
const deathTimeout = time.Second
