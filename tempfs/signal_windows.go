package tempfs

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// endingSignals are what package os/signal makes of Ctrl+C and Ctrl+Break, and of a console that is closed.
var endingSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}

// dieOf exits as the default handler of the console's events does. It does not return.
func dieOf(os.Signal) {
	status := windows.STATUS_CONTROL_C_EXIT // beyond the int of a 32-bit system
	exit(int(status))
}
