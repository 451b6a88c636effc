package tempfs

import (
	"errors"
	"fmt"
	"syscall"
)

// ErrQuota is what every [*LimitError] is by [errors.Is]. A disk that is really full is not.
var ErrQuota = errors.New("limit of the filesystem reached")

// LimitError is the cause of what fails at one of the [Limits]: in the *fs.PathError or *os.LinkError, which tell where. By [errors.Is] it is [ErrQuota] and what a system says: ENOSPC for bytes
// and files, EFBIG for the size of a file, ENAMETOOLONG for the depth.
type LimitError struct {
	Limit Limit
	// Max is the limit.
	Max int64
	// Asked is what was wanted: bytes more, files more, the size that the file was to have, the depth that a name was to have.
	Asked int64
	// Free is what there was room for, of bytes, of files, of bytes in that file; of a depth Max.
	Free int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%v: %s limit %d: %d asked for, %d free", e.Limit.errno(), e.Limit, e.Max, e.Asked, e.Free)
}

// Unwrap gives the errno.
func (e *LimitError) Unwrap() error { return e.Limit.errno() }

// Is reports whether target is [ErrQuota].
func (e *LimitError) Is(target error) bool { return target == ErrQuota }

// refusal is the errno by which a backend tells the front of the error.
func (e *LimitError) refusal() syscall.Errno { return refusals.keep(e) }
