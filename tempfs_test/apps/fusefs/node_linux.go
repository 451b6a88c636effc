package fusefs

import (
	"context"
	iofs "io/fs"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/aferotemp/go/tempfs"
)

// node is a file that the kernel knows.
type node struct {
	fs.Inode
	fsys *tempfs.Fs
}

var (
	_ fs.NodeLookuper   = (*node)(nil)
	_ fs.NodeGetattrer  = (*node)(nil)
	_ fs.NodeReadlinker = (*node)(nil)
	_ fs.NodeStatfser   = (*node)(nil)
)

// path is a name of the node; one that has lost all its names has "", which is ENOENT for the Fs.
func (n *node) path() string {
	if n.IsRoot() {
		return "/"
	}
	if _, parent := n.Parent(); parent == nil {
		return ""
	}
	return "/" + n.Path(n.Root())
}

// child is the path of a name in the directory n, or "".
func (n *node) child(name string) string {
	switch dir := n.path(); dir {
	case "":
		return ""
	case "/":
		return "/" + name
	default:
		return dir + "/" + name
	}
}

// Lookup tells of a name in a directory. The number is that of the Fs, so the names of one file lead to one node.
func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	info, _, err := n.fsys.LstatIfPossible(n.child(name))
	if err != nil {
		return nil, errnoOf(err)
	}
	stat := statOf(info)
	out.FromStat(stat)
	return n.NewInode(ctx, &node{fsys: n.fsys}, fs.StableAttr{Mode: stat.Mode, Ino: stat.Ino}), 0
}

// Getattr asks an open file or directory, if there is one: it need not have a name any more.
func (n *node) Getattr(_ context.Context, f fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	info, err := n.info(f)
	if err != nil {
		return errnoOf(err)
	}
	out.FromStat(statOf(info))
	return 0
}

func (n *node) info(f fs.FileHandle) (iofs.FileInfo, error) {
	if open, ok := f.(interface{ Stat() (iofs.FileInfo, error) }); ok {
		return open.Stat()
	}
	info, _, err := n.fsys.LstatIfPossible(n.path())
	return info, err
}

func (n *node) Readlink(context.Context) ([]byte, syscall.Errno) {
	target, err := n.fsys.ReadlinkIfPossible(n.path())
	return []byte(target), errnoOf(err)
}

// Statfs tells what is used. An Fs does not say how much there could be: it is as if a tebibyte was free.
func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	const block, free = 4096, 1 << 40
	used := n.fsys.Usage()
	out.Bsize, out.Frsize, out.NameLen = block, block, 255
	out.Bfree, out.Bavail, out.Ffree = free/block, free/block, free/block
	out.Blocks = out.Bfree + uint64(used.Bytes+block-1)/block
	out.Files = out.Ffree + uint64(used.Files)
	return 0
}
