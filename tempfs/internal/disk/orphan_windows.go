package disk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// candidates reads the whole directory before anything is removed from it.
func (p parent) candidates(ctx context.Context, isName func(name []byte) bool) ([]candidate, error) {
	dir, err := os.Open(p.dir)
	if err != nil {
		return nil, p.fail("open", "", errnoOf(err))
	}
	defer func() { _ = dir.Close() }()
	var all []candidate
	for ctx.Err() == nil {
		entries, err := dir.ReadDir(namesAtOnce)
		for _, e := range entries {
			if isName([]byte(e.Name())) {
				all = append(all, candidate{e.Name(), e.IsDir()})
			}
		}
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, p.fail("readdir", "", errnoOf(err))
		}
	}
	return nil, &fs.PathError{Op: "sweep", Path: p.dir, Err: ctx.Err()}
}

// sweep removes what c names if that is an orphan, holding it by a handle that excludes its owner and all other sweepers.
func (p parent) sweep(ctx context.Context, c candidate, o *Orphans) (verdict, error) {
	a := &anchor{parent: p, name: c.name}
	defer a.close()
	if !c.isDir { // the list of a directory knows this as well as the file does
		return foreign, nil
	}
	found, errno := a.find(o)
	if errno != 0 {
		return found, p.fail("open", c.name, errno)
	}
	if found != orphaned || o.DryRun {
		return found, nil
	}
	return found, a.remove(ctx, nil)
}

// find takes hold of an orphan.
func (a *anchor) find(o *Orphans) (verdict, syscall.Errno) {
	facts, errno := a.look()
	if errno != 0 {
		return unopened(errno)
	}
	if found := o.judge(facts); found != orphaned {
		return found, 0
	}
	between()
	return a.seize()
}

// look tells of the directory by a handle that is in nobody's way: reading attributes is always shared.
func (a *anchor) look() (rootFacts, syscall.Errno) {
	dir, errno := openByPath(a.host(), windows.FILE_READ_ATTRIBUTES|windows.READ_CONTROL, 0)
	if errno != 0 {
		return rootFacts{}, errno
	}
	defer func() { _ = dir.Close() }()
	info, err := dir.Stat()
	if err != nil {
		return rootFacts{}, errnoOf(err)
	}
	a.id.info = info
	return factsOf(windows.Handle(dir.Fd()))
}

// unopened is what an entry is of which errno is the answer. Without sharing EBUSY is that of a live tree.
func unopened(errno syscall.Errno) (verdict, syscall.Errno) {
	switch errno {
	case syscall.ENOENT:
		return gone, 0
	case syscall.EACCES:
		return foreign, 0
	case syscall.EBUSY:
		return live, 0
	default:
		return orphaned, errno
	}
}

// rootFacts is what a directory is judged by.
type rootFacts struct {
	attributes uint32
	changed    time.Time
	isOurs     bool
}

// factsOf takes a handle with FILE_READ_ATTRIBUTES and READ_CONTROL.
func factsOf(h windows.Handle) (rootFacts, syscall.Errno) {
	var basic struct { // FILE_BASIC_INFO
		created, accessed, written, changed windows.Filetime
		attributes, _                       uint32
	}
	size := uint32(unsafe.Sizeof(basic))
	if err := windows.GetFileInformationByHandleEx(h, windows.FileBasicInfo, (*byte)(unsafe.Pointer(&basic)), size); err != nil {
		return rootFacts{}, errnoOf(err)
	}
	isOurs, errno := isOwn(h)
	// FAT has no time of the last change.
	changed := time.Unix(0, max(basic.changed.Nanoseconds(), basic.created.Nanoseconds()))
	return rootFacts{basic.attributes, changed, isOurs}, errno
}

// judge says whether a directory may be one that a process of this user left.
func (o *Orphans) judge(f rootFacts) verdict {
	const kind = windows.FILE_ATTRIBUTE_DIRECTORY | windows.FILE_ATTRIBUTE_REPARSE_POINT
	switch {
	case f.attributes&kind != windows.FILE_ATTRIBUTE_DIRECTORY, !f.isOurs:
		return foreign
	case f.attributes&keptAttribute != 0:
		return kept
	case o.MinAge > 0 && time.Since(f.changed) < o.MinAge:
		return young
	default:
		return orphaned
	}
}

// seize takes hold of the directory that look has seen. It asks for the right to delete and shares none, so that it fails while an owner or another
// sweeper has the directory open, and they fail from now on.
func (a *anchor) seize() (verdict, syscall.Errno) {
	const access = windows.DELETE | windows.FILE_LIST_DIRECTORY | windows.FILE_READ_ATTRIBUTES | windows.FILE_WRITE_ATTRIBUTES | windows.READ_CONTROL
	held, errno := openByPath(a.host(), access, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE)
	if errno != 0 {
		return unopened(errno)
	}
	a.held, a.seized = held, true
	info, err := held.Stat()
	if err == nil && !a.id.isOf(info) {
		return gone, 0
	}
	return orphaned, errnoOf(err)
}

// openRootShared opens a directory that is held to delete, which os.OpenRoot refuses to share.
func openRootShared(path string) (*os.Root, error) {
	above, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer func() { _ = above.Close() }()
	return above.OpenRoot(filepath.Base(path))
}

// removeSeized deletes the directory by the handle that holds it: nobody can come in between.
func (a *anchor) removeSeized() error {
	_ = a.root.Close()
	a.root = nil
	var waits patience
	errno := waits.with(func() syscall.Errno { return dispose(windows.Handle(a.held.Fd())) })
	if errno != 0 {
		return errno
	}
	return nil
}
