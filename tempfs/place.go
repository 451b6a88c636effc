package tempfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/internal/disk"
)

// place is a directory that temporary files are made in, of an Fs or of the host. base is a name in it.
type place interface {
	// create makes a file that must not be there; openUnnamed one without a name, as backend.OpenUnnamed.
	create(base string, flag int, perm fs.FileMode) (handle, syscall.Errno)
	openUnnamed(flag int, perm fs.FileMode, linkable bool) (handle, syscall.Errno)
	lstat(base string) (fs.FileInfo, syscall.Errno)
	remove(base string) syscall.Errno
	// reopen opens a file for reading; its error needs no shape.
	reopen(base string) (fs.File, error)
	// path is what the caller knows a file by, for "" the directory.
	path(base string) string
	// newFile makes a file of an open handle, nil if the Fs was released meanwhile.
	newFile(name string, h handle, flag int) *file
	// enter and leave stand around whatever is done in the place; enter is false once the Fs was released.
	enter() bool
	leave()
}

var (
	_ place = virtualPlace{}
	_ place = hostPlace{}
	_ place = memoryPlace{}
)

// virtualPlace is a directory of an Fs, by its name.
type virtualPlace struct {
	*Fs
	dir string // absolute; of the root ""
}

// placeIn is the place that c names, for a method of f, with the mode that it allows.
func (f *Fs) placeIn(c *fileConfig) (place, error) {
	if !c.searchIsDefault() {
		return nil, fmt.Errorf("tempfs: an Fs has no temp directory to search, use In: %w", fs.ErrInvalid)
	}
	c.perm = f.modeFor(c.perm)
	return virtualPlace{f, absoluteDir(c.dir)}, nil
}

// absoluteDir is dir from the root on, "" for the root itself. It drops what means nothing, and no "..": what that means is for
// the backend to say.
func absoluteDir(dir string) string {
	var b strings.Builder
	for component := range strings.FieldsFuncSeq(dir, isSeparator) {
		if component != "." {
			b.WriteByte('/')
			b.WriteString(component)
		}
	}
	return b.String()
}

// path of "" is the directory.
func (p virtualPlace) path(base string) string {
	if base == "" && p.dir != "" {
		return p.dir
	}
	return p.dir + "/" + base
}

func (p virtualPlace) create(base string, flag int, perm fs.FileMode) (handle, syscall.Errno) {
	return p.openHandle(p.path(base), flag, perm)
}

func (p virtualPlace) openUnnamed(flag int, perm fs.FileMode, linkable bool) (handle, syscall.Errno) {
	h, errno := p.backend.OpenUnnamed(p.path("."), flag, perm, linkable)
	if p.mayMakeParents(errno, p.path(".")) {
		h, errno = p.backend.OpenUnnamed(p.path("."), flag, perm, linkable)
	}
	return h, errno
}

func (p virtualPlace) lstat(base string) (fs.FileInfo, syscall.Errno) {
	return p.tree.Lstat(p.path(base))
}

func (p virtualPlace) remove(base string) syscall.Errno { return p.backend.Remove(p.path(base)) }

func (p virtualPlace) reopen(base string) (fs.File, error) {
	h, errno := p.tree.OpenFile(p.path(base), os.O_RDONLY, 0)
	if errno != 0 {
		return nil, errno
	}
	if f := p.newFile(p.path(base), h, 0); f != nil {
		return f, nil
	}
	_ = h.Close()
	return nil, fs.ErrClosed
}

// withoutHook is p for what is a part of an operation that a hook was asked about.
func withoutHook(p place) place {
	if v, ok := p.(virtualPlace); ok {
		return virtualPlace{v.unhooked(), v.dir}
	}
	return p
}

// withHookOf makes a file, which has no name, one of p to a hook.
func withHookOf(p place, h handle, flag int) handle {
	if v, ok := p.(virtualPlace); ok && v.hook() != nil {
		return newHookedFile(h, v.hook(), "", flag)
	}
	return h
}

// removeSame removes the file base of p if it is the one with that info, or has gone already. What has taken the name stays: replaced.
func removeSame(p place, base string, info fs.FileInfo) (replaced bool, errno syscall.Errno) {
	there, errno := p.lstat(base)
	switch {
	case errno == 0 && !SameFile(there, info):
		return true, 0
	case errno == 0:
		errno = p.remove(base)
	}
	if errno == syscall.ENOENT {
		errno = 0
	}
	return false, errno
}

// hostPlace is a directory of the host.
type hostPlace struct{ host disk.Host }

// placeOnHost is the place that c names, for a function of this package.
func placeOnHost(c *fileConfig) (place, error) {
	dir, err := hostDir(&c.placement)
	if err != nil {
		return nil, err
	}
	return hostPlace{disk.Host{Dir: dir}}, nil
}

func (p hostPlace) create(base string, flag int, perm fs.FileMode) (handle, syscall.Errno) {
	return p.host.Create(base, flag, perm)
}

func (p hostPlace) openUnnamed(flag int, perm fs.FileMode, linkable bool) (handle, syscall.Errno) {
	return p.host.OpenUnnamed(flag, perm, linkable)
}

func (p hostPlace) lstat(base string) (fs.FileInfo, syscall.Errno) { return p.host.Lstat(base) }
func (p hostPlace) remove(base string) syscall.Errno               { return p.host.Remove(base) }
func (p hostPlace) reopen(base string) (fs.File, error)            { return os.Open(p.host.Path(base)) }
func (p hostPlace) path(base string) string                        { return p.host.Path(base) }

func (hostPlace) newFile(name string, h handle, flag int) *file {
	return &file{name: name, handle: h, appends: flag&os.O_APPEND != 0}
}

func (hostPlace) enter() bool { return true }
func (hostPlace) leave()      {}

// memoryPlace stands in for the temp directory of a host that has none. It holds files without a name.
type memoryPlace struct{ hostPlace }

// openUnnamed prefers a file with a descriptor, as a file of the host has one.
func (memoryPlace) openUnnamed(flag int, perm fs.FileMode, linkable bool) (handle, syscall.Errno) {
	if flag&os.O_WRONLY == 0 { // that can always be read
		if h, errno := disk.OpenMemory(flag); errno == 0 {
			return h, 0
		}
	}
	return unnamedMemory().OpenUnnamed("/", flag, perm, linkable)
}

// unnamedMemory is a tree for all files that are in memory and in no Fs. It holds none of them: they have no names.
var unnamedMemory = sync.OnceValue(func() *memfallback.Tree { return memfallback.NewTree(memfallback.WithUmask(0)) })

// placeForUnnamed is placeOnHost, or memory where no temp directory can be found.
func placeForUnnamed(c *fileConfig) (place, error) {
	p, err := placeOnHost(c)
	var none *locate.NotFoundError
	if errors.As(err, &none) {
		return memoryPlace{}, nil
	}
	return p, err
}
