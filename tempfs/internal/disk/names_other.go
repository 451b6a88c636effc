//go:build !linux

package disk

import (
	"io/fs"
	"path/filepath"
	"syscall"
)

// names reaches what is in a tree through an os.Root.
type names struct{ *portable }

// begin is for the tree that the anchor holds.
func (n *names) begin(a *anchor, dir rootDir) error {
	root, err := a.openRoot()
	if err != nil {
		return err
	}
	n.portable = newPortable(&dir, root)
	return nil
}

func (n *names) way() (*portable, syscall.Errno) { return n.portable, 0 }

func (n *names) close() { _ = n.root.Close() }

// CloseFiles has nothing to do: the garbage collector closes the files of package os.
func (*names) CloseFiles() {}

// sub makes sub the tree of the directory name.
func (n *names) sub(name string, sub *names) syscall.Errno {
	isDir := true
	errno := n.onResolved(name, true, func(path string) (err error) {
		info, err := n.root.Lstat(path)
		isDir = err != nil || info.IsDir()
		if !isDir {
			return nil // os.Root has no errno for it
		}
		root, err := n.root.OpenRoot(path)
		if err != nil {
			return err
		}
		dir := &rootDir{dir: filepath.Join(n.dir, filepath.FromSlash(path))}
		if path == "." {
			dir.born, dir.mode = n.born, n.mode
		}
		sub.portable = newPortable(dir, root)
		return nil
	})
	if errno == 0 && !isDir {
		return syscall.ENOTDIR
	}
	return errno
}

// OpenInto is OpenFile into a zero File that the caller has room for.
func (n *names) OpenInto(f *File, name string, flag int, perm fs.FileMode) syscall.Errno {
	opened, errno := n.openFile(name, flag, perm)
	if errno == 0 {
		f.init(n, opened, name)
	}
	return errno
}

// Entry finds the place of name, of which the last component is not followed and must be there. EBUSY: that is no name, as in "a/..".
func (n *names) Entry(name string) (*Entry, syscall.Errno) { return n.entry(name) }
