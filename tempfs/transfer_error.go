package tempfs

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// errChanged is for an entry that is not any more what it was a moment ago. It goes no further than entry.
var errChanged = errors.New("changed while it was copied")

// vanishedError is for an entry that has gone since its directory was listed. It goes no further than entry.
type vanishedError struct{ error }

// fail is the error of the copy for a failure of the entry r itself.
func (t *transfer) fail(r route, err error) error {
	if _, vanished := err.(vanishedError); vanished || err == errChanged { //nolint:errorlint // made by the source and not wrapped
		return err
	}
	return t.named(r, err)
}

// named is the error that leaves the copy.
func (t *transfer) named(r route, err error) error {
	return pathError(t.op, t.name(r), causeOf(err))
}

// causeOf drops the names that a source or a destination has put on an error, which may be paths of the host.
func causeOf(err error) error {
	for {
		switch e := err.(type) { //nolint:errorlint // one level at a time
		case vanishedError:
			err = e.error
		case *fs.PathError:
			err = e.Err
		case *os.LinkError:
			err = e.Err
		case *os.SyscallError:
			err = e.Err
		default:
			return err
		}
	}
}

// isUnable reports whether err says that there is no such thing as what was asked for, by the errnos that filesystems have for it.
func isUnable(err error) bool {
	if errors.Is(err, errors.ErrUnsupported) {
		return true
	}
	for _, errno := range []syscall.Errno{syscall.EPERM, syscall.EMLINK, syscall.EXDEV} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// undo removes what the copy made, in the order against that of the making. A released Fs has nothing left.
func (t *transfer) undo() error {
	for _, r := range slices.Backward(t.closed) {
		if info, err := t.to.lstat(r.to); err == nil && info.IsDir() {
			_ = t.to.Chmod(r.to, 0o700) // what that does not help is told by the removal
		}
	}
	var all []error
	for _, m := range slices.Backward(t.made) {
		remove := t.to.Remove
		if m.isDir {
			remove = t.to.RemoveAll
		}
		err := remove(m.to)
		if err != nil && !errors.Is(err, fs.ErrClosed) && !errors.Is(err, fs.ErrNotExist) {
			all = append(all, pathError(opRemove, t.name(m.route), causeOf(err)))
		}
	}
	return errors.Join(all...)
}

// record notes an entry for undo, unless what it is in is removed as a whole.
func (t *transfer) record(r route, isDir, inMade bool) {
	if !inMade {
		t.made = append(t.made, made{r, isDir})
	}
}
