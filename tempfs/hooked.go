package tempfs

import (
	"context"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// hookedTree is a backend that asks the hook before each operation of the backend that it is put around. An Fs without a hook has none. The methods are written
// out: one that is new at the seam does not compile until it asks.
type hookedTree struct {
	tree backend
	hook Hook
}

var _ backend = (*hookedTree)(nil)

// hold makes tree the backend of f, with hook around it unless that is nil.
func (f *Fs) hold(tree backend, hook Hook) {
	f.backend, f.tree = tree, tree
	if hook != nil {
		f.backend = &hookedTree{tree, hook}
	}
}

// hook is nil if there is none.
func (f *Fs) hook() Hook {
	if h, ok := f.backend.(*hookedTree); ok {
		return h.hook
	}
	return nil
}

// admit asks about an operation that is made of others.
func (f *Fs) admit(op Op) error {
	if !f.enter() {
		return fs.ErrClosed
	}
	defer f.leave()
	return f.hook().check(op)
}

// unhooked is the same Fs for what is one operation to a hook, and made of others. It lets operations in as long as f does.
func (f *Fs) unhooked() *Fs {
	if f.hook() == nil {
		return f
	}
	u := &Fs{
		kind: f.kind, dir: f.dir, config: f.config, quota: f.quota, implicitParents: f.implicitParents, dropsSetuid: f.dropsSetuid,
		gate: f.gate, owner: f.owner,
	}
	u.hold(f.tree, nil)
	if u.owner == nil { // so that its Subs, and the files that are open, are those of f
		u.owner, u.gate = f, newGate()
	}
	return u
}

func (h *hookedTree) OpenFile(name string, flag int, perm fs.FileMode) (handle, syscall.Errno) {
	kind := OpOpen
	if flag&(os.O_CREATE|os.O_TRUNC) != 0 {
		kind = OpCreate
	}
	if errno := h.hook.ask(Op{Kind: kind, Name: name}); errno != 0 {
		return nil, errno
	}
	opened, errno := h.tree.OpenFile(name, flag, perm)
	if errno != 0 {
		return nil, errno
	}
	return newHookedFile(opened, h.hook, name, flag), 0
}

func (h *hookedTree) OpenUnnamed(dir string, flag int, perm fs.FileMode, linkable bool) (handle, syscall.Errno) {
	if _, err := h.hook.decide(Op{Kind: OpTemporary, Name: dir}); err != nil {
		return nil, refusals.keep(err) // EOPNOTSUPP would have a file with a name made
	}
	opened, errno := h.tree.OpenUnnamed(dir, flag, perm, linkable)
	if errno != 0 {
		return nil, errno
	}
	return newHookedFile(opened, h.hook, "", flag), 0
}

func (h *hookedTree) Stat(name string) (fs.FileInfo, syscall.Errno) {
	if errno := h.hook.ask(Op{Kind: OpStat, Name: name}); errno != 0 {
		return nil, errno
	}
	return h.tree.Stat(name)
}

func (h *hookedTree) Lstat(name string) (fs.FileInfo, syscall.Errno) {
	if errno := h.hook.ask(Op{Kind: OpLstat, Name: name}); errno != 0 {
		return nil, errno
	}
	return h.tree.Lstat(name)
}

func (h *hookedTree) Mkdir(name string, perm fs.FileMode) syscall.Errno {
	if errno := h.hook.ask(Op{Kind: OpMkdir, Name: name}); errno != 0 {
		return errno
	}
	return h.tree.Mkdir(name, perm)
}

func (h *hookedTree) Remove(name string) syscall.Errno {
	if errno := h.hook.ask(Op{Kind: OpRemove, Name: name}); errno != 0 {
		return errno
	}
	return h.tree.Remove(name)
}

func (h *hookedTree) RemoveAll(name string) (failed string, errno syscall.Errno) {
	if errno := h.hook.ask(Op{Kind: OpRemoveAll, Name: name}); errno != 0 {
		return "", errno
	}
	return h.tree.RemoveAll(name)
}

func (h *hookedTree) Rename(oldname, newname string) syscall.Errno {
	if errno := h.hook.ask(Op{Kind: OpRename, Name: oldname, NewName: newname}); errno != 0 {
		return errno
	}
	return h.tree.Rename(oldname, newname)
}

func (h *hookedTree) Link(oldname, newname string) syscall.Errno {
	if errno := h.hook.ask(Op{Kind: OpLink, Name: oldname, NewName: newname}); errno != 0 {
		return errno
	}
	return h.tree.Link(oldname, newname)
}

func (h *hookedTree) Symlink(target, name string) syscall.Errno {
	if errno := h.hook.ask(Op{Kind: OpSymlink, Name: target, NewName: name}); errno != 0 {
		return errno
	}
	return h.tree.Symlink(target, name)
}

func (h *hookedTree) Readlink(name string) (string, syscall.Errno) {
	if errno := h.hook.ask(Op{Kind: OpReadlink, Name: name}); errno != 0 {
		return "", errno
	}
	return h.tree.Readlink(name)
}

func (h *hookedTree) Chmod(name string, mode fs.FileMode) syscall.Errno {
	if errno := h.hook.ask(Op{Kind: OpChmod, Name: name}); errno != 0 {
		return errno
	}
	return h.tree.Chmod(name, mode)
}

func (h *hookedTree) Chown(name string, uid, gid int, follow bool) syscall.Errno {
	kind := OpLchown
	if follow {
		kind = OpChown
	}
	if errno := h.hook.ask(Op{Kind: kind, Name: name}); errno != 0 {
		return errno
	}
	return h.tree.Chown(name, uid, gid, follow)
}

func (h *hookedTree) Chtimes(name string, atime, mtime time.Time) syscall.Errno {
	if errno := h.hook.ask(Op{Kind: OpChtimes, Name: name}); errno != 0 {
		return errno
	}
	return h.tree.Chtimes(name, atime, mtime)
}

func (h *hookedTree) Truncate(name string, size int64) syscall.Errno {
	if errno := h.hook.ask(Op{Kind: OpTruncate, Name: name, Offset: size}); errno != 0 {
		return errno
	}
	return h.tree.Truncate(name, size)
}

// Release asks nothing: what is made must go.
func (h *hookedTree) Release(ctx context.Context, progress func(entries, dirs, failed int64)) error {
	return h.tree.Release(ctx, progress)
}
