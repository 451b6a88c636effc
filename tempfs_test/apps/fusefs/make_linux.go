package fusefs

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

var (
	_ fs.NodeCreater   = (*node)(nil)
	_ fs.NodeMkdirer   = (*node)(nil)
	_ fs.NodeMknoder   = (*node)(nil)
	_ fs.NodeSymlinker = (*node)(nil)
	_ fs.NodeLinker    = (*node)(nil)
)

// Create makes a file and opens it.
func (n *node) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	file, err := n.fsys.OpenFile(n.child(name), int(flags&flagsOfFs)|syscall.O_CREAT, modeOf(mode))
	if err != nil {
		return nil, nil, 0, errnoOf(err)
	}
	made, errno := n.made(ctx, name, mode, out)
	if errno != 0 {
		_ = file.Close()
		return nil, nil, 0, errno
	}
	return made, &handle{file}, 0, 0
}

func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if err := n.fsys.Mkdir(n.child(name), modeOf(mode)); err != nil {
		return nil, errnoOf(err)
	}
	return n.made(ctx, name, mode, out)
}

// Mknod makes regular files: an Fs makes no other kind, which is EPERM by mknod(2).
func (n *node) Mknod(ctx context.Context, name string, mode, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if mode&syscall.S_IFMT != syscall.S_IFREG {
		return nil, syscall.EPERM
	}
	file, err := n.fsys.OpenFile(n.child(name), syscall.O_CREAT|syscall.O_EXCL, modeOf(mode))
	if err != nil {
		return nil, errnoOf(err)
	}
	if err = file.Close(); err != nil {
		return nil, errnoOf(err)
	}
	return n.made(ctx, name, mode, out)
}

func (n *node) Symlink(ctx context.Context, target, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if err := n.fsys.SymlinkIfPossible(target, n.child(name)); err != nil {
		return nil, errnoOf(err)
	}
	return n.Lookup(ctx, name, out)
}

func (n *node) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if err := n.fsys.Link(target.(*node).path(), n.child(name)); err != nil {
		return nil, errnoOf(err)
	}
	return n.Lookup(ctx, name, out)
}

// made gives what was just made the mode that was asked for, from which the kernel has taken the umask of the program. The Fs took that of this process.
func (n *node) made(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	made, errno := n.Lookup(ctx, name, out)
	const bits = 0o7777 &^ syscall.S_ISGID // which a directory takes from its parent
	if errno != 0 || (out.Mode^mode)&bits == 0 {
		return made, errno
	}
	if err := n.fsys.Chmod(n.child(name), modeOf(mode|out.Mode&syscall.S_ISGID)); err != nil {
		return nil, errnoOf(err)
	}
	return n.Lookup(ctx, name, out)
}
