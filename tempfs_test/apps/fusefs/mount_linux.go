package fusefs

import (
	"errors"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/aferotemp/go/tempfs"
)

// Mount is an Fs that other programs see in a directory.
type Mount struct {
	server *fuse.Server
	dir    string
}

// New mounts fsys on the directory dir. The kernel remembers no name and no attribute, since the Fs may change without it; file locks are its own, and it checks permissions.
func New(fsys *tempfs.Fs, dir string) (*Mount, error) {
	info, err := fsys.Stat("/")
	if err != nil {
		return nil, err
	}
	names := &steadyNames{RawFileSystem: fs.NewNodeFS(&node{fsys: fsys}, &fs.Options{
		NullPermissions: true,
		RootStableAttr:  &fs.StableAttr{Ino: statOf(info).Ino},
	})}
	server, err := fuse.NewServer(names, dir, &fuse.MountOptions{
		FsName:            fsys.String(),
		Name:              fsys.Name(),
		Options:           []string{"default_permissions"},
		DirectMountStrict: true, // without fusermount(1), whose errors have no errno
		DisableXAttrs:     true,
	})
	if err != nil {
		return nil, err
	}
	go server.Serve()
	return &Mount{server: server, dir: dir}, server.WaitMount()
}

// Close unmounts. If the mount is busy it is an error, and nobody waits for it: the mount goes all the same, who uses it gets ENOTCONN, and what is open stays so until the Fs is released.
func (m *Mount) Close() error {
	busy := m.server.Unmount()
	if busy == nil {
		return nil
	}
	return errors.Join(busy, syscall.Unmount(m.dir, syscall.MNT_FORCE|syscall.MNT_DETACH))
}
