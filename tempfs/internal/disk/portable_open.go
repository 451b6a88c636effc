package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

const specialBits = fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// openFile never waits for the other end of a FIFO: it opens with O_NONBLOCK.
func (t *portable) openFile(name string, flag int, perm fs.FileMode) (f *os.File, errno syscall.Errno) {
	if createsDirectory(flag) {
		return nil, syscall.EINVAL
	}
	if path, ok := plain(name); ok && flag&openNofollow == 0 && !givesSpecialBits(flag, perm) {
		opened, err := t.open(path, flag, perm)
		if err == nil {
			return opened, 0
		}
		if errnoOf(err) == syscall.ENOENT && flag&os.O_CREATE == 0 {
			return nil, syscall.ENOENT
		}
	}
	errno = retry(func() syscall.Errno {
		path, failed := t.openable(name, flag)
		if failed != 0 {
			return failed
		}
		var err error
		f, err = t.open(path, flag, perm)
		return attempt(err)
	})
	return f, errno
}

// createsDirectory reports whether open(2) is asked to make a directory. It says EINVAL before it looks at the name: build_open_flags in fs/open.c.
func createsDirectory(flag int) bool { return flag&os.O_CREATE != 0 && flag&openDirectory != 0 }

// openable is the path to open, by the rules of open_last_lookups and do_open in fs/namei.c.
func (t *portable) openable(name string, flag int) (string, syscall.Errno) {
	creates := flag&os.O_CREATE != 0
	isNew := creates && flag&os.O_EXCL != 0
	p, errno := t.resolveTo(name, flag&openNofollow == 0 && !isNew, creates)
	switch {
	case errno != 0:
		return "", errno
	case isNew && p.info != nil:
		return "", syscall.EEXIST
	case creates && p.info != nil && p.info.IsDir():
		return "", syscall.EISDIR
	case creates && p.info == nil:
		return p.path(), 0
	case p.info == nil:
		return "", syscall.ENOENT
	case p.slash && !p.info.IsDir():
		return "", syscall.ENOTDIR
	case p.info.Mode()&fs.ModeSymlink != 0 && flag&openDirectory != 0:
		return "", syscall.ENOTDIR
	case p.info.Mode()&fs.ModeSymlink != 0:
		return "", syscall.ELOOP
	}
	return p.path(), 0
}

func givesSpecialBits(flag int, perm fs.FileMode) bool {
	return flag&os.O_CREATE != 0 && perm&specialBits != 0
}

// open is os.Root.OpenFile with the mode bits that it does not take, of which the path must lead through no link.
func (t *portable) open(path string, flag int, perm fs.FileMode) (*os.File, error) {
	flag |= openNonblock
	if givesSpecialBits(flag, perm) {
		return t.root.create(path, flag, perm&(fs.ModePerm|specialBits))
	}
	return t.root.OpenFile(path, flag, perm.Perm())
}

// Truncate mirrors truncate(2), which names what cannot have a size by EINVAL.
func (t *portable) Truncate(name string, size int64) syscall.Errno {
	if size < 0 {
		return syscall.EINVAL
	}
	errno := t.onExisting(name, true, func(path string) error {
		f, err := t.root.OpenFile(path, os.O_WRONLY|openNonblock, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Truncate(size), f.Close())
	})
	if errno == syscall.ENXIO { // a FIFO that nobody reads
		return syscall.EINVAL
	}
	return errno
}
