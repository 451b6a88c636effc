package locate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// ErrNoExec is why [Options.NeedExec] passes a directory over. By [errors.Is] it is also EACCES, which execve(2) would give there,
// hence fs.ErrPermission.
var ErrNoExec = fmt.Errorf("mounted noexec: %w", syscall.EACCES)

// Skip is a candidate that was passed over, and why.
type Skip struct {
	Dir    string // absolute and clean, or as written if it could not be made so
	Source string // as in Candidate

	// Err is the reason. For a step of the proof it is an *os.SyscallError by [errors.As], which names the step (open, write,
	// close, unlink, statfs) and holds the errno; for a demand of Options it is ErrNoExec or ENOSPC by [errors.Is].
	Err error
}

// String is the line of a report: "/tmp (system): write: no space left on device".
func (s Skip) String() string {
	return fmt.Sprintf("%s (%s): %v", s.Dir, s.Source, s.Err)
}

// NotFoundError says that no candidate can be used. It is fs.ErrNotExist by [errors.Is], and each error in Tried as well: fs.ErrPermission, say, or
// syscall.ENOSPC.
type NotFoundError struct {
	Tried []Skip // in the order of the search
}

// Error names every directory, from where it came and why it was passed over.
func (e *NotFoundError) Error() string {
	tried := make([]string, len(e.Tried))
	for i, s := range e.Tried {
		tried[i] = s.String()
	}
	return "no usable temporary directory: " + strings.Join(tried, "; ")
}

// Is reports whether target is fs.ErrNotExist.
func (e *NotFoundError) Is(target error) bool { return target == fs.ErrNotExist }

// Unwrap returns the error of each candidate.
func (e *NotFoundError) Unwrap() []error {
	errs := make([]error, len(e.Tried))
	for i, s := range e.Tried {
		errs[i] = s.Err
	}
	return errs
}

// lackError is ENOSPC by errors.Is.
type lackError struct{ free, want uint64 }

func (e *lackError) Error() string {
	return fmt.Sprintf("%d bytes are free, %d are wanted", e.free, e.want)
}

func (e *lackError) Unwrap() error { return syscall.ENOSPC }

// step says which step failed. The path that package os tells is left out: it ends in a random name, and the directory is known.
func step(name string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return os.NewSyscallError(name, err)
}
