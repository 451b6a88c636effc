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
	return d.sb.newInfo(d.name, n), 0
}

// ReadDir lists what was there when the listing began, less what has gone since. So an entry that stays is
// listed once, whatever others do meanwhile.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, syscall.Errno) {
	for {
		dir, part, errno := d.next(n)
		entries := make([]dirEntry, 0, len(part)) // one block, which the result points into
		result := make([]fs.DirEntry, 0, len(part))
		for _, e := range part {
			if now := e.now(dir.dir); now != nil {
				entries = append(entries, dirEntry{sb: d.sb, dir: dir, listed: e, kind: kindOf(now.mode.Load())})
				result = append(result, &entries[len(entries)-1])
			}
		}
		if len(result) > 0 || len(part) == 0 { // all may have gone by now: that is not the end
			return result, errno
		}
	}
}

// ReadInfos is ReadDir with the FileInfo of each entry, as Lstat gives it. EACCES: the directory may not be searched; nothing was read then.
func (d *openDir) ReadInfos(n int) ([]fs.FileInfo, syscall.Errno) {
	if dir := d.node.Load(); dir != nil && !d.sb.user.may(dir, mayExec) {
		return nil, syscall.EACCES
	}
	for {
		dir, part, errno := d.next(n)
		infos := make([]fileInfo, len(part)) // one block, which the result points into
		result := make([]fs.FileInfo, 0, len(part))
		for i := range part {
			if now := part[i].now(dir.dir); now != nil {
				info := &infos[len(result)]
				d.sb.fillInfo(info, part[i].name, now)
				result = append(result, info)
			}
		}
		if len(result) > 0 || len(part) == 0 {
			return result, errno
		}
	}
}

// next takes the next part of the listing, in which n entries are that have not gone, all that are left for n <= 0, none at the end.
func (d *openDir) next(n int) (*inode, listing, syscall.Errno) {
	node := d.node.Load()
	if node == nil {
		return nil, nil, syscall.EBADF
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if node.nlink.Load() == 0 || d.sb.released.Load() { // getdents(2)
		return nil, nil, syscall.ENOENT
	}
	if d.listing == nil {
		d.listing = d.sb.list(node.dir)
	}
	rest := (*d.listing)[min(d.pos, int64(len(*d.listing))):]
	size := 0
	for left := n; size < len(rest) && (n <= 0 || left > 0); size++ {
		if n > 0 && rest[size].now(node.dir) != nil {
			left--
		}
	}
	d.pos += int64(size)
	return node, rest[:size], 0
}

func (d *openDir) Close() syscall.Errno {
	n := d.node.Swap(nil)
	if n == nil {
		return syscall.EBADF
	}
	d.sb.unhold(n)
	d.sb.dirs.Add(-1)
	return 0
}

// dirEntry is what ReadDir returns.
type dirEntry struct {
	sb  *superblock
	dir *inode
	listed
	kind fs.FileMode
}

func (e *dirEntry) Name() string      { return e.name }
func (e *dirEntry) IsDir() bool       { return e.kind == fs.ModeDir }
func (e *dirEntry) Type() fs.FileMode { return e.kind }
func (e *dirEntry) String() string    { return fs.FormatDirEntry(e) }

// Info is the lstat of what has the name now. Its errors are bare: who knows the directory's name shapes them.
func (e *dirEntry) Info() (fs.FileInfo, error) {
	if !e.sb.user.may(e.dir, mayExec) {
		return nil, syscall.EACCES
	}
	n := e.now(e.dir.dir)
	if n == nil || e.sb.released.Load() || e.dir.isRemoved() {
		return nil, syscall.ENOENT
	}
	return e.sb.newInfo(e.name, n), nil
}
