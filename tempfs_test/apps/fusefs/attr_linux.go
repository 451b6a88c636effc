package fusefs

import (
	"errors"
	iofs "io/fs"
	"syscall"
)

// errnoOf is what the kernel is told of an error of the Fs, all of which carry an errno but for those of an Fs that was released.
func errnoOf(err error) syscall.Errno {
	var errno syscall.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &errno):
		return errno
	}
	return syscall.EIO
}

// statOf is what the kernel wants to know of a file.
func statOf(info iofs.FileInfo) *syscall.Stat_t {
	return info.Sys().(*syscall.Stat_t)
}

// modeOf is the FileMode for the permission bits of a st_mode.
func modeOf(mode uint32) iofs.FileMode {
	m := iofs.FileMode(mode) & iofs.ModePerm
	if mode&syscall.S_ISUID != 0 {
		m |= iofs.ModeSetuid
	}
	if mode&syscall.S_ISGID != 0 {
		m |= iofs.ModeSetgid
	}
	if mode&syscall.S_ISVTX != 0 {
		m |= iofs.ModeSticky
	}
	return m
}
