//go:build !linux

package disk

import (
	"io/fs"
	"os"
	"time"
)

// info is the host's FileInfo under the name that the caller gave. The name of the host's, which may be that of a link's
// target, does not show.
type info struct {
	host fs.FileInfo
	name string
	mode fs.FileMode
	sys  any
}

func (r *rootDir) newInfo(name string, host fs.FileInfo) *info {
	i := &info{host: host, name: name, mode: host.Mode(), sys: host.Sys()}
	if r.mode != nil && host.IsDir() && r.born.isOf(host) {
		i.mode = fs.ModeDir | fs.FileMode(r.mode.Load())
		i.sys = withMode(i.sys, i.mode)
	}
	return i
}

func (i *info) Name() string       { return i.name }
func (i *info) Size() int64        { return i.host.Size() }
func (i *info) Mode() fs.FileMode  { return i.mode }
func (i *info) ModTime() time.Time { return i.host.ModTime() }
func (i *info) IsDir() bool        { return i.mode.IsDir() }

// Sys returns what package os gives, a *syscall.Stat_t on Unix.
func (i *info) Sys() any { return i.sys }

// String keeps the host's FileInfo, which knows a host path on Windows, out of prints.
func (i *info) String() string { return fs.FormatFileInfo(i) }

// SameFile reports whether other, of this package or of package os, is of the same file.
func (i *info) SameFile(other fs.FileInfo) bool { return sameFile(i, other) }

func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(hostInfo(a), hostInfo(b))
}

func hostInfo(fi fs.FileInfo) fs.FileInfo {
	if i, ok := fi.(*info); ok {
		return i.host
	}
	return fi
}
