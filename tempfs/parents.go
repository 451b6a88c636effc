package tempfs

import (
	"io/fs"
	"os"
	"syscall"
)

// mkdirAll makes the directory name and its parents, by prefixes of name: a lexical "a/.." would lie about a link. It
// has the steps of os.MkdirAll, hence its errors. failed is the prefix that errno is about. A hook is asked for what is made, not for the looks.
func (f *Fs) mkdirAll(name string, perm fs.FileMode) (failed string, errno syscall.Errno) {
	if info, missing := f.tree.Stat(name); missing == 0 {
		if info.IsDir() {
			return "", 0
		}
		return name, syscall.ENOTDIR
	}
	if parent := parentOf(name); parent != "" {
		failed, errno = f.mkdirAll(parent, perm)
		if errno != 0 {
			return failed, errno
		}
	}
	errno = f.backend.Mkdir(name, perm)
	if errno == 0 {
		return "", 0
	}
	// "a/." and a directory that somebody else just made.
	if info, missing := f.tree.Lstat(name); missing == 0 && info.IsDir() {
		refusals.drop(errno)
		return "", 0
	}
	return name, errno
}

// parentOf cuts off the last component, with the separators after it and one before it, as os.MkdirAll does. It is "" for a name
// in the root.
func parentOf(name string) string {
	i := len(name)
	for i > 0 && os.IsPathSeparator(name[i-1]) {
		i--
	}
	for i > 0 && !os.IsPathSeparator(name[i-1]) {
		i--
	}
	return name[:max(i-1, 0)]
}

// mayMakeParents is for ImplicitParents: it reports whether the operation that failed with errno for want of name's
// parent should be tried again, since the parent is now there.
func (f *Fs) mayMakeParents(errno syscall.Errno, name string) bool {
	if errno != syscall.ENOENT || !f.implicitParents {
		return false
	}
	parent := parentOf(name)
	if parent == "" {
		return false
	}
	if _, missing := f.tree.Stat(parent); missing != syscall.ENOENT {
		return false // the parent is there, something else is not
	}
	_, errno = f.mkdirAll(parent, 0o777)
	refusals.drop(errno)
	return errno == 0
}

// mayMakeParentsFor is mayMakeParents for an operation of two names: without an oldname nothing is made.
func (f *Fs) mayMakeParentsFor(errno syscall.Errno, oldname, newname string) bool {
	if errno != syscall.ENOENT || !f.implicitParents {
		return false
	}
	if _, missing := f.tree.Lstat(oldname); missing != 0 {
		return false
	}
	return f.mayMakeParents(errno, newname)
}
