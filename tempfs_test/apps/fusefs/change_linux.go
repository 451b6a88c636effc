package fusefs

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

var (
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeUnlinker  = (*node)(nil)
	_ fs.NodeRmdirer   = (*node)(nil)
	_ fs.NodeRenamer   = (*node)(nil)
)

// Setattr sets the times last, which all the rest would change.
func (n *node) Setattr(ctx context.Context, f fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	for _, set := range []func(fs.FileHandle, *fuse.SetAttrIn) error{n.setOwner, n.setMode, n.setSize, n.setTimes} {
		if err := set(f, in); err != nil {
			return errnoOf(err)
		}
	}
	return n.Getattr(ctx, f, out)
}

func (n *node) setOwner(_ fs.FileHandle, in *fuse.SetAttrIn) error {
	uid, hasUID := in.GetUID()
	gid, hasGID := in.GetGID()
	if !hasUID && !hasGID {
		return nil
	}
	id := func(id uint32, has bool) int {
		if has {
			return int(id)
		}
		return -1
	}
	return n.fsys.Lchown(n.path(), id(uid, hasUID), id(gid, hasGID))
}

func (n *node) setMode(_ fs.FileHandle, in *fuse.SetAttrIn) error {
	mode, has := in.GetMode()
	if !has {
		return nil
	}
	return n.fsys.Chmod(n.path(), modeOf(mode))
}

func (n *node) setSize(f fs.FileHandle, in *fuse.SetAttrIn) error {
	size, has := in.GetSize()
	if !has {
		return nil
	}
	if open, ok := f.(*handle); ok {
		return open.Truncate(int64(size))
	}
	return n.fsys.Truncate(n.path(), int64(size))
}

// setTimes leaves those of a symbolic link as they are, without an error: an Fs cannot set them, as package os cannot, and cp(1) would take offence.
func (n *node) setTimes(_ fs.FileHandle, in *fuse.SetAttrIn) error {
	atime, hasATime := in.GetATime()
	mtime, hasMTime := in.GetMTime()
	if !hasATime && !hasMTime || n.Mode() == syscall.S_IFLNK {
		return nil
	}
	if !hasATime {
		atime = time.Time{}
	}
	if !hasMTime {
		mtime = time.Time{}
	}
	return n.fsys.Chtimes(n.path(), atime, mtime)
}

// Unlink and Rmdir are one thing for an Fs: the kernel has looked what the name is.
func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	return errnoOf(n.fsys.Remove(n.child(name)))
}

func (n *node) Rmdir(ctx context.Context, name string) syscall.Errno { return n.Unlink(ctx, name) }

// Rename replaces an empty directory too, as rename(2) does and os.Rename does not: it goes first, while the kernel lets nobody else at the names.
func (n *node) Rename(_ context.Context, name string, newParent fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	const noReplace = 1 // RENAME_NOREPLACE: the kernel has looked
	if flags&^noReplace != 0 {
		return syscall.EINVAL
	}
	from, to := n.child(name), newParent.(*node).child(newName)
	err := n.fsys.Rename(from, to)
	if errors.Is(err, syscall.EEXIST) && flags == 0 {
		if err = n.fsys.Remove(to); err == nil {
			err = n.fsys.Rename(from, to)
		}
	}
	return errnoOf(err)
}
