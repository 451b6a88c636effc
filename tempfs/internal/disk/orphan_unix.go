//go:build unix && !aix && !solaris

package disk

import (
	"context"
	"io/fs"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// candidates reads the whole directory before anything is removed from it: some filesystems skip entries otherwise.
func (p parent) candidates(ctx context.Context, isName func(name []byte) bool) ([]candidate, error) {
	fd, err := unix.Openat(p.fd, ".", directoryFlagsToRead, 0)
	if err != nil {
		return nil, p.fail("open", "", errnoOf(err))
	}
	defer func() { _ = unix.Close(fd) }()
	d := direntsPool.Get().(*dirents) //nolint:forcetypeassert // nothing else is in there
	defer direntsPool.Put(d)
	var all []candidate
	for ctx.Err() == nil {
		n, errno := d.fill(fd)
		if errno != 0 {
			return nil, p.fail("readdirent", "", errno)
		}
		if n == 0 {
			return all, nil
		}
		for name, isDir := d.next(); name != nil; name, isDir = d.next() {
			if name = name[:len(name)-1]; isName(name) {
				all = append(all, candidate{string(name), isDir})
			}
		}
	}
	return nil, &fs.PathError{Op: "sweep", Path: p.dir, Err: ctx.Err()}
}

// sweep removes what c names if that is an orphan, under a lock that excludes its owner and all other sweepers.
func (p parent) sweep(ctx context.Context, c candidate, o *Orphans) (verdict, error) {
	a := p.anchor(c.name, -1)
	defer a.closeRoot()
	found, op, errno := a.seize(c.isDir, o)
	if errno != 0 {
		return found, p.fail(op, c.name, errno)
	}
	if found != orphaned || o.DryRun {
		return found, nil
	}
	if err := a.remove(ctx, nil); err != nil && !a.isGone() { // the context may end with it
		return found, err
	}
	return found, nil
}

// seize makes a the anchor of an orphan: no check comes before one that is above it.
func (a *anchor) seize(isDir bool, o *Orphans) (found verdict, op string, errno syscall.Errno) {
	if !isDir {
		if found, errno = a.isDirectory(); found != orphaned || errno != 0 {
			return found, "stat", errno
		}
	}
	found, errno = a.openOrphan(o)
	if found != orphaned || errno != 0 || a.fd < 0 {
		return found, "open", errno
	}
	between()
	switch errno = a.lock(unix.LOCK_EX); errno {
	case 0:
	case syscall.EEXIST:
		return live, "", 0
	case noLocks:
		return orphaned, "flock", syscall.ENOLCK
	default:
		return orphaned, "flock", errno
	}
	between()
	found, errno = a.stillStands()
	return found, "stat", errno
}

// openOrphan opens the directory if it may be an orphan. The descriptor stays -1 if it may not, or if the sweep is to touch nothing and the directory cannot be
// read as it is.
//
// That is one whose process had a umask that takes permissions from the owner, and died before it gave them back: its inode shows whose it is, and how old,
// before its mode is set.
func (a *anchor) openOrphan(o *Orphans) (found verdict, errno syscall.Errno) {
	m, name := mount{of: a.parent.fd}, append([]byte(a.name), 0)
	a.fd, errno = m.open(a.parent.fd, name)
	switch errno {
	case 0:
		return o.judgeDescriptor(a.fd)
	case syscall.EACCES:
	default:
		return unopened(errno)
	}
	isJudged := false
	a.fd, errno = m.openDenied(a.parent.fd, name, func(stat *unix.Stat_t) bool {
		found, isJudged = o.judge(stat), true
		return found == orphaned && !o.DryRun
	})
	if errno == 0 || errno == syscall.EACCES && isJudged && (found != orphaned || o.DryRun) {
		return found, 0
	}
	return unopened(errno)
}

// isDirectory asks the inode, where the directory does not tell or says something else.
func (a *anchor) isDirectory() (verdict, syscall.Errno) {
	var stat unix.Stat_t
	errno := errnoOf(unix.Fstatat(a.parent.fd, a.name, &stat, unix.AT_SYMLINK_NOFOLLOW))
	if errno == 0 && stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		return foreign, 0
	}
	return unopened(errno)
}

// unopened is what an entry is of which errno is the answer.
func unopened(errno syscall.Errno) (verdict, syscall.Errno) {
	switch errno {
	case syscall.ENOENT:
		return gone, 0
	case syscall.ENOTDIR, syscall.ELOOP, syscall.EXDEV, syscall.EACCES:
		return foreign, 0
	default:
		return orphaned, errno
	}
}

// judge says whether a directory of that inode may be one that a process of this user left. Root, too, takes none but its own: what another user has
// planted under a name of ours stays.
func (o *Orphans) judge(stat *unix.Stat_t) verdict {
	changed := time.Unix(stat.Ctim.Unix())
	switch {
	case stat.Mode&unix.S_IFMT != unix.S_IFDIR, int(stat.Uid) != unix.Geteuid(), stat.Mode&0o077 != 0:
		return foreign
	case stat.Mode&unix.S_ISVTX != 0: // of mark, or of somebody who means the same by it
		return kept
	case o.MinAge > 0 && time.Since(changed) < o.MinAge:
		return young
	default:
		return orphaned
	}
}

func (o *Orphans) judgeDescriptor(fd int) (verdict, syscall.Errno) {
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return orphaned, errnoOf(err)
	}
	return o.judge(&stat), 0
}

// stillStands proves, now that the lock is had, that the directory was not removed before: by another sweeper who had opened it earlier, say. The name
// may be somebody else's by now.
func (a *anchor) stillStands() (verdict, syscall.Errno) {
	var stat unix.Stat_t
	if err := unix.Fstat(a.fd, &stat); err != nil {
		return orphaned, errnoOf(err)
	}
	a.id = identityOf(&stat)
	there, errno := a.there()
	if errno == syscall.ENOENT || errno == 0 && (there != a.id || stat.Nlink == 0) {
		return gone, 0
	}
	return orphaned, errno
}
