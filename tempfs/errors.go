package tempfs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// This file alone shapes the errors of an Fs and of its files.

// ErrNoRealPath is the cause when a host path is asked of an Fs that is not on the host's disk.
var ErrNoRealPath = errors.New("no path on the host")

// ErrReplaced is the cause when [Fs.Release], or [NamedFile.Close], finds something else under the name of what it is to remove: that is left
// alone. A release has then deleted what was its own. It is also the cause when [Fs.Persist] finds something else than it was to publish, before
// or afterwards.
var ErrReplaced = disk.ErrReplaced

// ErrMoved is the cause when [Fs.Release] finds the root directory under another name: everything in it is gone, the directory itself is left where it
// is.
var ErrMoved = disk.ErrMoved

// ErrUnsafeFS is the cause when [Sweep] is to sweep on a filesystem of which it is not known that everybody sees the locks of everybody else: one of the net,
// above all. Nothing is opened there.
var ErrUnsafeFS = disk.ErrUnsafe

// The Op of each operation is package os's.
const (
	opOpen     = "open"
	opStat     = "stat"
	opLstat    = "lstat"
	opMkdir    = "mkdir"
	opRemove   = "remove"
	opUnlinkat = "unlinkat" // RemoveAll, for what could not go
	opRename   = "rename"
	opLink     = "link"
	opSymlink  = "symlink"
	opReadlink = "readlink"
	opChmod    = "chmod"
	opChown    = "chown"
	opLchown   = "lchown"
	opChtimes  = "chtimes"
	opTruncate = "truncate"

	opRead    = "read"
	opReadAt  = "readat"
	opWrite   = "write"
	opWriteAt = "writeat"
	opSeek    = "seek"
	opReadDir = "readdirent"
	opSync    = "sync"
	opClose   = "close"

	opCreateTemp = "createtemp"
	opMkdirTemp  = "mkdirtemp"

	// Package os has none of these.
	opSub      = "sub"
	opRealPath = "realpath"
	opDetach   = "detach"
	opImport   = "import"
	opExport   = "export"
	opClone    = "clone"
	opKeep     = "keep"
	opRoll     = "roll"
	opPersist  = "persist"
	opSweep    = "sweep"

	opSyscallConn = "syscallconn"
)

var (
	errNegativeOffset = errors.New("negative offset")
	errWriteAtAppend  = errors.New("tempfs: invalid use of WriteAt on file opened with O_APPEND")
	errSubDetach      = errors.New("a Sub is a view, detach the Fs that it was made of")
)

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: refusedBy(err)}
}

// pathErrno is nil for zero, so that a method can end in it.
func pathErrno(op, name string, errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return pathError(op, name, errno)
}

func linkError(op, oldname, newname string, err error) error {
	return &os.LinkError{Op: op, Old: oldname, New: newname, Err: refusedBy(err)}
}

func linkErrno(op, oldname, newname string, errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return linkError(op, oldname, newname, errno)
}

// refusedBy is the error of a limit or of a hook if err is the number that it crossed the seam under.
func refusedBy(err error) error {
	if errno, ok := err.(syscall.Errno); ok { //nolint:errorlint // no number of ours is wrapped
		return refusals.take(errno)
	}
	return err
}
