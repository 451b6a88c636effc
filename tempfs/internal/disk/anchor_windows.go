package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/windows"
)

// anchor holds the root directory of a tree from its birth to its release by an open handle that does not share deletion. While it is open
// nobody can rename or delete the directory, or move one above it, so the path stays right; and it is the lock, which the system enforces and
// which ends with the process.
//
// The os.Root of the tree does not share deletion either. To delete the directory both have to be closed.
type anchor struct {
	parent parent
	name   string
	held   *os.File // nil when it could not be opened again after a release that failed
	root   *os.Root // the tree's, and after a release that failed one of the anchor's own
	id     identity

	seized bool // held to delete: of an orphan, see seize
}

// identity tells a directory from all others that exist at the same time, by its volume and index.
type identity struct{ info fs.FileInfo }

// isOf reports whether info, of package os, is of that directory.
func (id identity) isOf(info fs.FileInfo) bool { return id.info != nil && os.SameFile(id.info, info) }

// parent is the directory of the host in which a root directory is made.
type parent struct{ dir string }

// openParent says of a file that it is no directory, which CreateDirectory does not.
func openParent(dir string) (parent, error) {
	info, err := os.Stat(dir)
	errno := errnoOf(err)
	if errno == 0 && !info.IsDir() {
		errno = syscall.ENOTDIR
	}
	if errno != 0 {
		return parent{}, &fs.PathError{Op: "open", Path: dir, Err: errno}
	}
	return parent{dir}, nil
}

func (p parent) close() {}

// locks is false on a filesystem of the net, whose server may let go of the handles of a client that it does not hear for a while.
func (p parent) locks() bool { return isLocal(p.dir) }

func (p parent) fail(op, name string, errno syscall.Errno) error {
	return &fs.PathError{Op: op, Path: filepath.Join(p.dir, name), Err: errno}
}

// between is called between the steps of a birth and of a removal. Tests have others come in between.
var between = func() {}

// birth makes the directory name and takes hold of it. fs.ErrExist says that the name is taken, or was taken from the new directory before we
// had hold of it: a sweeper may come first. The name is his then. The handle is held with lock and without.
func (p parent) birth(name string, _ bool) (*anchor, error) {
	a := &anchor{parent: p, name: name}
	if errno := mkdirPrivate(a.host()); errno != 0 {
		return nil, p.fail("mkdir", name, errno)
	}
	between()
	errno := a.settle()
	if errno == 0 {
		return a, nil
	}
	a.close()
	if errno != syscall.EEXIST {
		_ = a.rmdir() // empty, and of a name that was free: ours
	}
	return nil, p.fail("mkdir", name, errno)
}

// settle takes hold of what birth made, and proves that it is what birth made. An empty directory of this user that stands there
// is as good.
func (a *anchor) settle() syscall.Errno {
	switch errno := a.hold(); errno {
	case 0:
	case syscall.ENOENT, syscall.EBUSY, syscall.EACCES: // removed, held by a sweeper, about to vanish
		return syscall.EEXIST
	default:
		return errno
	}
	isOurs, errno := isOwn(windows.Handle(a.held.Fd()))
	if errno != 0 {
		return errno
	}
	_, err := a.held.Readdirnames(1)
	switch {
	case !isOurs || !a.id.info.IsDir() || err == nil:
		return syscall.EEXIST
	case !errors.Is(err, io.EOF):
		return errnoOf(err)
	}
	return 0
}

// hold opens the directory. The first call learns which it is, any other proves it. The right to list makes the system look at who shares
// what, the right to read attributes alone would not.
func (a *anchor) hold() syscall.Errno {
	const access = windows.FILE_LIST_DIRECTORY | windows.FILE_READ_ATTRIBUTES | windows.READ_CONTROL
	held, errno := openByPath(a.host(), access, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE)
	if errno != 0 {
		return errno
	}
	info, err := held.Stat()
	if err == nil && a.id.info != nil && !a.id.isOf(info) {
		err = syscall.EEXIST
	}
	if err != nil {
		_ = held.Close()
		return errnoOf(err)
	}
	a.held, a.id.info = held, info
	return 0
}

func (a *anchor) host() string { return filepath.Join(a.parent.dir, a.name) }

// openRoot opens the directory of the anchor as an os.Root.
func (a *anchor) openRoot() (*os.Root, error) {
	open := os.OpenRoot
	if a.seized {
		open = openRootShared
	}
	root, err := open(a.host())
	if err != nil {
		return nil, err
	}
	if info, err := root.Stat("."); err != nil || !a.id.isOf(info) {
		_ = root.Close()
		return nil, a.parent.fail("mkdir", a.name, syscall.EEXIST)
	}
	a.root = root
	return root, nil
}

// enter opens again what an attempt to remove the directory has closed.
func (a *anchor) enter() error {
	if a.held == nil {
		switch errno := a.hold(); errno {
		case 0:
		case syscall.EEXIST:
			return ErrReplaced
		default:
			return errno
		}
	}
	if a.root == nil {
		if _, err := a.openRoot(); err != nil {
			return errnoOf(err)
		}
	}
	return nil
}

// removeRoot removes the directory, which is empty, if it is still the one under its name. If it fails the directory is held again.
func (a *anchor) removeRoot() error {
	if a.seized {
		return a.removeSeized()
	}
	a.close()
	between()
	err := a.removeHost()
	if err != nil {
		_ = a.hold() // or else enter tries again
	}
	return err
}

// removeHost waits for others to let go of the directory. What stands under the name by now is found out by the handle that deletes: there
// is no time in between.
func (a *anchor) removeHost() error {
	const access = windows.DELETE | windows.FILE_READ_ATTRIBUTES | windows.FILE_WRITE_ATTRIBUTES
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	var replaced bool
	var waits patience
	errno := waits.with(func() syscall.Errno {
		dir, errno := openByPath(a.host(), access, share)
		if errno != 0 {
			return errno
		}
		defer func() { _ = dir.Close() }()
		info, err := dir.Stat()
		if err != nil {
			return errnoOf(err)
		}
		if replaced = !a.id.isOf(info); replaced {
			return 0
		}
		return dispose(windows.Handle(dir.Fd()))
	})
	switch {
	case replaced:
		return ErrReplaced
	case errno == 0 || errno == syscall.ENOENT:
		return nil
	}
	return errno
}

func (a *anchor) rmdir() syscall.Errno {
	a.close()
	return errnoOf(syscall.Rmdir(a.host()))
}

// mark tells sweepers to leave the directory alone.
func (a *anchor) mark() syscall.Errno { return setMark(a.host(), keptAttribute) }

// close gives up the directory, and with it the lock.
func (a *anchor) close() {
	if a.root != nil {
		_ = a.root.Close()
		a.root = nil
	}
	if a.held != nil {
		_ = a.held.Close()
		a.held = nil
	}
}
