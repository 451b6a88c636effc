package locate

import (
	"fmt"
	"syscall"
)

// facts is what the system tells of a filesystem. The zero value knows nothing.
type facts struct {
	noExec    bool
	knowsFree bool
	free      uint64 // bytes, to a user without privileges
}

// lackError is ENOSPC by errors.Is.
type lackError struct{ free, want uint64 }

func (e *lackError) Error() string {
	return fmt.Sprintf("%d bytes are free, %d are wanted", e.free, e.want)
}

func (e *lackError) Unwrap() error { return syscall.ENOSPC }
