package memfallback

import (
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"syscall"
)

// openDir is an open directory.
type openDir struct {
	sb   *superblock
	node atomic.Pointer[inode] // nil once closed
	name string                // as it was opened

	mu      sync.Mutex
	listing *listing // guarded by mu; what the directory held when the listing began, nil before
	pos     int64    // guarded by mu; in listing, or beyond it
}

func newOpenDir(sb *superblock, n *inode, name string) *openDir {
	d := &openDir{sb: sb, name: name}
	d.node.Store(n)
	return d
}

// opened returns errno while the directory is open: why it cannot do what files can.
func (d *openDir) opened(errno syscall.Errno) syscall.Errno {
	if d.node.Load() == nil {
		return syscall.EBADF
	}
	return errno
}

func (d *openDir) Read(p []byte) (int, syscall.Errno) {
	if len(p) == 0 {
		return 0, d.opened(0)
	}
	return 0, d.opened(syscall.EISDIR)
}

func (d *openDir) ReadAt(_ []byte, off int64) (int, syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	return 0, d.opened(syscall.EISDIR)
}

func (d *openDir) Write([]byte) (int, syscall.Errno) { return 0, syscall.EBADF }

func (d *openDir) WriteAt(_ []byte, off int64) (int, syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	return 0, syscall.EBADF
}

func (d *openDir) Truncate(size int64) syscall.Errno {
	if size < 0 {
		return syscall.EINVAL
	}
	return d.opened(syscall.EINVAL)
}

// Chmod is for files.
func (d *openDir) Chmod(fs.FileMode) syscall.Errno { return d.opened(syscall.EISDIR) }

func (d *openDir) Sync() syscall.Errno { return d.opened(0) }

// Lseek counts in entries. At 0 the listing starts again, with what is there then.
func (d *openDir) Lseek(off int64, whence int) (int64, syscall.Errno) {
	if errno := d.opened(0); errno != 0 {
		return 0, errno
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		off += d.pos
	default:
		return 0, syscall.EINVAL
	}
	if off < 0 || off > maxFileSize {
		return 0, syscall.EINVAL
	}
	if off == 0 {
		d.listing = nil
	}
	d.pos = off
	return off, 0
}

func (d *openDir) Stat() (fs.FileInfo, syscall.Errno) {
	n := d.node.Load()
	if n == nil {
		return nil, syscall.EBADF
	}
	d.sb.mu.RLock()
	defer d.sb.mu.RUnlock()
	return d.sb.newInfo(d.name, n), 0
}

// ReadDir lists what was there when the listing began, less what has gone since. So an entry that stays is
// listed once, whatever others do meanwhile.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, syscall.Errno) {
	node := d.node.Load()
	if node == nil {
		return nil, syscall.EBADF
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sb.mu.RLock()
	defer d.sb.mu.RUnlock()
	if node.nlink == 0 || d.sb.released { // getdents(2)
		return nil, syscall.ENOENT
	}
	if d.listing == nil {
		d.listing = node.dir.list()
	}
	rest := (*d.listing)[min(d.pos, int64(len(*d.listing))):]
	size := len(rest)
	if n > 0 {
		size = min(n, size)
	}
	entries := make([]dirEntry, 0, size) // one block, which the result points into
	unchanged := node.dir.sorted.Load() == d.listing
	for len(rest) > 0 && len(entries) < size {
		e := rest[0]
		rest = rest[1:]
		d.pos++
		if !unchanged {
			now := node.dir.entries[e.name]
			if now == nil {
				continue
			}
			e.kind = now.kind
		}
		entries = append(entries, dirEntry{sb: d.sb, dir: node, dirent: e})
	}
	result := make([]fs.DirEntry, len(entries))
	for i := range entries {
		result[i] = &entries[i]
	}
	return result, 0
}

func (d *openDir) Close() syscall.Errno {
	if d.node.Swap(nil) == nil {
		return syscall.EBADF
	}
	return 0
}

// dirEntry is what ReadDir returns.
type dirEntry struct {
	sb  *superblock
	dir *inode
	dirent
}

func (e *dirEntry) Name() string      { return e.name }
func (e *dirEntry) IsDir() bool       { return e.kind == fs.ModeDir }
func (e *dirEntry) Type() fs.FileMode { return e.kind }
func (e *dirEntry) String() string    { return fs.FormatDirEntry(e) }

// Info is the lstat of what has the name now. Its errors are bare: who knows the directory's name shapes them.
func (e *dirEntry) Info() (fs.FileInfo, error) {
	e.sb.mu.RLock()
	defer e.sb.mu.RUnlock()
	if !e.sb.user.may(e.dir, mayExec) {
		return nil, syscall.EACCES
	}
	n := e.dir.dir.entries[e.name]
	if n == nil || e.sb.released {
		return nil, syscall.ENOENT
	}
	return e.sb.newInfo(e.name, n), nil
}
