package aferotest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// This file writes what comes of a step as a line that is the same whenever the outcome is.

// describe gives an error's type, Op, paths and cause, and which errors of io/fs it is by errors.Is.
func describe(err error) string {
	switch e := err.(type) { //nolint:errorlint // the shape itself is of interest: package os wraps none
	case nil:
		return "ok"
	case *fs.PathError:
		return fmt.Sprintf("%s %s: %s", e.Op, quote(e.Path), cause(err, e.Err))
	case *os.LinkError:
		return fmt.Sprintf("%s %s %s: %s", e.Op, quote(e.Old), quote(e.New), cause(err, e.Err))
	}
	if err == io.EOF { // package os returns it bare
		return "EOF"
	}
	return "bare error: " + cause(err, err)
}

// describeCause leaves Op and path out, where those of package os are of no use to anybody.
func describeCause(verb string, err error) string {
	if err == nil {
		return "ok"
	}
	inner := err
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		inner = e.Err
	}
	return verb + ": " + cause(err, inner)
}

var classes = []struct {
	name string
	err  error
}{
	{"not-exist", fs.ErrNotExist},
	{"exist", fs.ErrExist},
	{"permission", fs.ErrPermission},
	{"invalid", fs.ErrInvalid},
	{"closed", fs.ErrClosed},
}

func cause(whole, inner error) string {
	text := "text" // wording is nobody's contract
	var errno syscall.Errno
	switch {
	case errors.As(inner, &errno):
		text = errnoName(errno)
	case inner.Error() == "use of closed file": // what package os has for ErrClosed where it reads directories
		return "closed (closed)"
	case errors.Is(inner, fs.ErrClosed):
		text = "closed"
	case errors.Is(inner, io.EOF):
		text = "EOF"
	case errors.Is(inner, io.ErrUnexpectedEOF):
		text = "unexpected EOF"
	case errors.Is(inner, io.ErrShortWrite):
		text = "short write"
	}
	var is []string
	for _, c := range classes {
		if errors.Is(whole, c.err) {
			is = append(is, c.name)
		}
	}
	if len(is) == 0 {
		return text
	}
	return text + " (" + strings.Join(is, ", ") + ")"
}

var errnoNames = map[syscall.Errno]string{
	syscall.EACCES: "EACCES", syscall.EBADF: "EBADF", syscall.EBUSY: "EBUSY", syscall.EEXIST: "EEXIST",
	syscall.EFBIG: "EFBIG", syscall.EINVAL: "EINVAL", syscall.EIO: "EIO", syscall.EISDIR: "EISDIR",
	syscall.ELOOP: "ELOOP", syscall.EMLINK: "EMLINK", syscall.ENAMETOOLONG: "ENAMETOOLONG", syscall.ENOENT: "ENOENT",
	syscall.ENOSPC: "ENOSPC", syscall.ENOSYS: "ENOSYS", syscall.ENOTDIR: "ENOTDIR",
	syscall.ENOTSUP: "ENOTSUP", syscall.ENXIO: "ENXIO", syscall.EPERM: "EPERM", syscall.EROFS: "EROFS",
	syscall.ESPIPE: "ESPIPE", syscall.EXDEV: "EXDEV",
}

func errnoName(errno syscall.Errno) string {
	if name, ok := errnoNames[errno]; ok {
		return name
	}
	if errno == syscall.ENOTEMPTY { // not in the map: on AIX it is EEXIST
		return "ENOTEMPTY"
	}
	return "errno " + strconv.Itoa(int(errno))
}

// result is what an operation that returns a value says.
func result(value string, err error) string {
	if err == nil {
		return value
	}
	if value == "" {
		return describe(err)
	}
	return value + ", " + describe(err)
}

// infoLine has all of a FileInfo that is the same everywhere. A directory's size is its filesystem's own affair.
func infoLine(info fs.FileInfo, err error) string {
	if err != nil {
		return describe(err)
	}
	if info == nil {
		return "no error and no FileInfo"
	}
	size := ""
	if !info.IsDir() {
		size = fmt.Sprintf(" %d bytes", info.Size())
	}
	mode := info.Mode()
	if mode&fs.ModeSymlink != 0 {
		mode = mode.Type() // nobody asks the others
	}
	odd := ""
	if info.IsDir() != mode.IsDir() {
		odd = " IsDir differs from Mode"
	}
	return fmt.Sprintf("%s %v%s %s%s", quote(info.Name()), mode, size, timeOf(info.ModTime()), odd)
}

// timeOf tells times that a script has set from the time of the run.
func timeOf(t time.Time) string {
	if t.Before(time.Now().Add(-24*time.Hour)) || t.After(time.Now().Add(24*time.Hour)) {
		return t.UTC().Format(time.RFC3339Nano)
	}
	return "now"
}

// contentLine shows text as it is and much of it by its hash.
func contentLine(data []byte) string {
	const long = 64
	if len(data) <= long {
		return fmt.Sprintf("%d %s", len(data), strconv.Quote(string(data)))
	}
	return fmt.Sprintf("%d sha256:%x", len(data), sha256.Sum256(data))
}
