package locate

import (
	"io/fs"
	"strings"
)

// Skip is a candidate that was passed over, and why.
type Skip struct {
	Dir    string
	Source string // as in Candidate
	Err    error
}

// NotFoundError says that no candidate can be used. It is fs.ErrNotExist by errors.Is, and each error in Tried as well: fs.ErrPermission, say, or
// syscall.ENOSPC.
type NotFoundError struct {
	Tried []Skip // in the order of the search
}

// Error names every directory, from where it came and why it was passed over.
func (e *NotFoundError) Error() string {
	var b strings.Builder
	b.WriteString("no usable temporary directory")
	for i, s := range e.Tried {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + s.Dir + " (" + s.Source + "): " + reason(s.Err))
	}
	return b.String()
}

// reason leaves out the path of a PathError, which the directory stands for.
func reason(err error) string {
	if e, ok := err.(*fs.PathError); ok { //nolint:errorlint // only an error that is not wrapped begins with its path
		return e.Op + ": " + e.Err.Error()
	}
	return err.Error()
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
