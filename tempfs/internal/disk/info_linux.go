package disk

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// info is a FileInfo with what stat(2) tells.
type info struct {
	name string
	mode fs.FileMode
	stat syscall.Stat_t
}

// infoOf is of what stat(2) said. The mode of the root directory is what Chmod said, in Sys too.
func (r *rootDir) infoOf(name string, stat *syscall.Stat_t) *info {
	i := &info{name: name, mode: modeOf(stat.Mode), stat: *stat}
	if r.mode != nil && i.mode.IsDir() && r.born == identityOfStat(stat) {
		i.mode = fs.ModeDir | fs.FileMode(r.mode.Load())
		i.stat.Mode = syscall.S_IFDIR | modeBits(i.mode)
	}
	return i
}

// newInfo is of a FileInfo of package os.
func (r *rootDir) newInfo(name string, host fs.FileInfo) *info {
	stat, ok := host.Sys().(*syscall.Stat_t)
	if !ok {
		stat = &syscall.Stat_t{}
	}
	return r.infoOf(name, stat)
}

// modeOf is st_mode of stat(2) as package fs has it.
func modeOf(bits uint32) fs.FileMode {
	mode := fs.FileMode(bits & 0o777)
	switch bits & syscall.S_IFMT {
	case syscall.S_IFDIR:
		mode |= fs.ModeDir
	case syscall.S_IFLNK:
		mode |= fs.ModeSymlink
	case syscall.S_IFIFO:
		mode |= fs.ModeNamedPipe
	case syscall.S_IFSOCK:
		mode |= fs.ModeSocket
	case syscall.S_IFBLK:
		mode |= fs.ModeDevice
	case syscall.S_IFCHR:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	}
	if bits&syscall.S_ISUID != 0 {
		mode |= fs.ModeSetuid
	}
	if bits&syscall.S_ISGID != 0 {
		mode |= fs.ModeSetgid
	}
	if bits&syscall.S_ISVTX != 0 {
		mode |= fs.ModeSticky
	}
	return mode
}

func (i *info) Name() string      { return i.name }
func (i *info) Size() int64       { return i.stat.Size }
func (i *info) Mode() fs.FileMode { return i.mode }
func (i *info) IsDir() bool       { return i.mode.IsDir() }

func (i *info) ModTime() time.Time {
	return time.Unix(int64(i.stat.Mtim.Sec), int64(i.stat.Mtim.Nsec)) //nolint:unconvert // their types differ between processors
}

// Sys returns a *syscall.Stat_t, as package os does.
func (i *info) Sys() any { return &i.stat }

// String is for prints.
func (i *info) String() string { return fs.FormatFileInfo(i) }

// SameFile reports whether other, of this package or of package os, is of the same file.
func (i *info) SameFile(other fs.FileInfo) bool { return sameFile(i, other) }

func sameFile(a, b fs.FileInfo) bool {
	ofA, ofB := statOf(a), statOf(b)
	return ofA != nil && ofB != nil && identityOfStat(ofA) == identityOfStat(ofB)
}

// statOf is nil for an info that is neither of this package nor of package os: what others say in Sys means nothing here.
func statOf(i fs.FileInfo) *syscall.Stat_t {
	if ours, ok := i.(*info); ok {
		return &ours.stat
	}
	if !os.SameFile(i, i) { // which knows its own alone
		return nil
	}
	stat, _ := i.Sys().(*syscall.Stat_t)
	return stat
}
