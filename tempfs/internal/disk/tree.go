package disk

import (
	"io/fs"
	"sync/atomic"
	"syscall"
)

// Tree is a directory of the host as a filesystem of its own. Any number of goroutines may use it, beside Close and Release too.
type Tree struct {
	names
	anchor *anchor // nil for a Sub

	// Of a Sub of a tree with a quota: its directory, and whether that has a handle in the ledger, whose mu guards them.
	held  identity
	holds bool
}

// rootDir is what is known of the root directory of a tree.
type rootDir struct {
	dir  string   // on the host, absolute
	born identity // zero for a Sub of another directory

	// mode is what Chmod said of the root directory, shown and never given to the host. nil for a Sub of another directory,
	// which is one like any other.
	mode *atomic.Uint32

	ledger         *ledger // nil without a quota
	refusesSpecial bool
}

// Dir returns the directory on the host.
func (r *rootDir) Dir() string { return r.dir }

// keepMode is chmod of the root directory, which on the host stays private. It is false where that is a directory like any other.
func (r *rootDir) keepMode(mode fs.FileMode) bool {
	if r.mode == nil {
		return false
	}
	r.mode.Store(uint32(mode))
	return true
}

// changeable are those that chmod(2) sets.
const changeable = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// Close gives back the descriptors of the tree and deletes nothing. Operations fail from then on. It is not for use beside Release.
func (t *Tree) Close() {
	t.close()
	if t.anchor == nil && t.ledger != nil {
		t.ledger.leaveSub(t)
	}
	if t.anchor != nil {
		t.anchor.close()
		t.anchor = nil
	}
}

// Detach is Close with a mark on the root directory by which sweepers know that it is to stay.
func (t *Tree) Detach() syscall.Errno {
	errno := t.anchor.mark()
	t.Close()
	return errno
}

// Keep is Detach with a mark by which [RemoveKept] knows the directory, too.
func (t *Tree) Keep() syscall.Errno {
	errno := t.anchor.markKept()
	t.Close()
	return errno
}

// RealPath returns the path of name on the host, links resolved. The last component may be missing. It is ENOENT once the
// directory of a Sub, or that of the tree, is not where it was.
func (t *Tree) RealPath(name string) (string, syscall.Errno) {
	p, errno := t.way()
	if errno != 0 {
		return "", errno
	}
	return p.realPath(name)
}
