package memfallback

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// This file alone shapes the errors of [Fs] and [File]: as package os does, with its names of operations.

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
	opClone    = "clone"

	opRead    = "read"
	opReadAt  = "readat"
	opWrite   = "write"
	opWriteAt = "writeat"
	opSeek    = "seek"
	opReadDir = "readdirent"
	opSync    = "sync"
	opClose   = "close"
)

var (
	errNegativeOffset = errors.New("negative offset")
	errWriteAtAppend  = errors.New("memfallback: invalid use of WriteAt on file opened with O_APPEND")
)

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// pathErrno is nil for zero.
func pathErrno(op, name string, errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return pathError(op, name, errno)
}

// linkErrno is nil for zero.
func linkErrno(op, oldname, newname string, errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return &os.LinkError{Op: op, Old: oldname, New: newname, Err: errno}
}
