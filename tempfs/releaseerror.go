package tempfs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// ReleaseError tells what a release could not delete. [errors.Is] and [errors.As] reach every cause that it names, and Ended.
type ReleaseError struct {
	Dir      string   // the root directory on the host; "" where there is none
	Count    int      // of all causes; a directory that stays because of what is left in it is none
	Causes   []error  // the first 16, each a *fs.PathError with a path of the Fs
	Ended    error    // of the context that ended the release before it was through; or nil
	Progress Progress // how far it came
}

func (e *ReleaseError) Error() string {
	var b strings.Builder
	b.WriteString("tempfs: release: ")
	if e.Ended != nil {
		fmt.Fprintf(&b, "%v after %d entries", e.Ended, e.Progress.Entries)
	}
	for i, cause := range e.Causes {
		if i > 0 || e.Ended != nil {
			b.WriteString("; ")
		}
		b.WriteString(cause.Error())
	}
	if more := e.Count - len(e.Causes); more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	return b.String()
}

// Unwrap returns Ended, unless that is nil, and the causes.
func (e *ReleaseError) Unwrap() []error {
	if e.Ended == nil {
		return e.Causes
	}
	return slices.Concat([]error{e.Ended}, e.Causes)
}

// releaseError shapes the error of a backend's release.
func releaseError(dir string, err error) error {
	var failures *disk.Failures
	if !errors.As(err, &failures) {
		return err
	}
	e := &ReleaseError{
		Dir: dir, Count: failures.Count, Ended: failures.Ended,
		Progress: Progress{failures.Entries, failures.Dirs, int64(failures.Count)},
	}
	for _, f := range failures.First {
		e.Causes = append(e.Causes, pathError(f.Op, f.Path, f.Err))
	}
	return e
}
