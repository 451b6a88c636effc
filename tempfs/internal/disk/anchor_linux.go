package disk

import (
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

const directoryFlagsToRead = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC

// openSearchable opens a directory that need not be readable.
func openSearchable(dir int, path string) (int, syscall.Errno) {
	fd, err := unix.Openat(dir, path, directoryFlags, 0)
	return fd, errnoOf(err)
}

// openNewborn opens the directory name for reading, after it gave back what a umask took from the owner. It does not follow name.
func openNewborn(dir int, name string) (int, syscall.Errno) {
	fd, err := unix.Openat(dir, name, directoryFlagsToRead, 0)
	if errnoOf(err) != syscall.EACCES {
		return fd, errnoOf(err)
	}
	path, err := unix.Openat(dir, name, directoryFlags|unix.O_NOFOLLOW, 0)
	if err != nil {
		return -1, errnoOf(err)
	}
	defer func() { _ = unix.Close(path) }()
	if errno := chmodDescriptor(path, rootPerm); errno != 0 {
		return -1, errno
	}
	fd, err = unix.Openat(path, ".", directoryFlagsToRead, 0)
	return fd, errnoOf(err)
}

// localFilesystems are those of which it is known that a lock on a directory is seen by all who can reach it. On a filesystem of the net another
// host may see no lock of ours: the directory operations of NFS have no lock method (fs/nfs/dir.c).
var localFilesystems = []int64{
	unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.RAMFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC,
	unix.F2FS_SUPER_MAGIC, zfsMagic, bcachefsMagic,
}

// Of filesystems outside of the kernel's uapi headers, or newer than x/sys.
const (
	zfsMagic      = 0x2fc12fc1
	bcachefsMagic = 0xca451a4e
)

// fstatfs is a variable for tests, which have no filesystems of the net.
var fstatfs = unix.Fstatfs

func hasLocks(fd int) bool {
	var stat unix.Statfs_t
	return fstatfs(fd, &stat) == nil && slices.Contains(localFilesystems, int64(stat.Type)&0xffffffff) //nolint:unconvert // 32 bits on some
}
