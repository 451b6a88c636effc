package disk

import (
	"io/fs"
	"syscall"
	"time"
)

// Scratch is what is made beside a Target and then published there: a file, a directory or a symbolic link. Until then nobody but its owner
// may use it. It is for one goroutine.
type Scratch struct {
	target *Target
	base   string // "" as long as it has no name
	isDir  bool
	file   *File // of a file, until it is closed
	tree   *Tree // of a directory
}

// NewFile makes a file without a name if there is such a thing, else one with a temporary name.
func (t *Target) NewFile() (*Scratch, syscall.Errno) {
	s := &Scratch{target: t}
	file, errno := t.dir.openUnnamed()
	if errno == syscall.EOPNOTSUPP {
		s.base, errno = t.temporary(func(base string) (errno syscall.Errno) {
			file, errno = t.dir.create(base)
			return errno
		})
	}
	s.file = file
	return s, errno
}

// NewDirectory makes a directory with a temporary name.
func (t *Target) NewDirectory() (*Scratch, syscall.Errno) {
	base, errno := t.temporary(t.dir.mkdir)
	if errno != 0 {
		return nil, errno
	}
	s := &Scratch{target: t, base: base, isDir: true}
	errno = t.dir.chmod(base, rootPerm) // undoes a umask, and a setgid bit that the parent gave
	if errno == 0 {
		s.tree, errno = t.dir.tree(base)
	}
	if errno != 0 {
		_ = t.dir.rmdir(base)
		return nil, errno
	}
	return s, 0
}

// NewSymlink makes a symbolic link with a temporary name.
func (t *Target) NewSymlink(link string) (*Scratch, syscall.Errno) {
	base, errno := t.temporary(func(base string) syscall.Errno { return t.dir.symlink(link, base) })
	if errno != 0 {
		return nil, errno
	}
	return &Scratch{target: t, base: base}, 0
}

// Handle is the file, open for reading and writing. Scratch closes it.
func (s *Scratch) Handle() Handle { return s.file }

// Tree is the directory. Scratch closes it.
func (s *Scratch) Tree() *Tree { return s.tree }

// Chown gives the file or the symbolic link away.
func (s *Scratch) Chown(uid, gid int) syscall.Errno {
	if s.file == nil {
		return s.target.dir.lchown(s.base, uid, gid)
	}
	return s.file.Chown(uid, gid)
}

// Chtimes sets the times of the file.
func (s *Scratch) Chtimes(atime, mtime time.Time) syscall.Errno {
	return s.target.dir.chtimes(s.file, s.base, atime, mtime)
}

// Publish gives it the name of the target, as Target.Rename does. published tells what was published; of an error it is nil. What changed places
// with it is then under the temporary name, until Discard.
func (s *Scratch) Publish(replace bool) (published fs.FileInfo, exchanged bool, errno syscall.Errno) {
	info, errno := s.Lstat()
	if errno != 0 {
		return nil, false, errno
	}
	if s.base == "" {
		errno = s.target.Link(s.file, replace)
	} else {
		s.close() // some systems do not rename what is open
		exchanged, errno = s.target.Rename(s.entry(), s.isDir, replace)
	}
	if errno != 0 {
		return nil, exchanged, errno
	}
	if !exchanged {
		s.base = ""
	}
	return info, exchanged, 0
}

func (s *Scratch) entry() *Entry { return &Entry{s.target.dir, s.base} }

// Lstat tells what it is as yet.
func (s *Scratch) Lstat() (fs.FileInfo, syscall.Errno) {
	if s.base != "" {
		return s.target.dir.lstat(s.base)
	}
	return s.file.Stat()
}

func (s *Scratch) close() {
	if s.file != nil {
		_ = s.file.Close()
		s.file = nil
	}
	if s.tree != nil {
		s.tree.Close()
		s.tree = nil
	}
}

// Discard closes it and removes what has the temporary name.
func (s *Scratch) Discard() syscall.Errno {
	s.close()
	if s.base == "" {
		return 0
	}
	return s.entry().Remove()
}
