package disk

import (
	"io"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// LimitedFile is an open file, or directory, of a tree with a quota, a [Handle]. [Tree.OpenLimited] makes one. What a write adds to the file is taken before, and given back as far as it was not written.
type LimitedFile struct {
	File
	ledger    *ledger
	record    *record
	own       record   // which is the first's that has the inode open
	id        identity // not of a fresh one
	isFresh   bool     // it is in ledger.fresh; guarded by ledger.mu
	freshAt   int      // where; guarded by ledger.mu
	isRegular bool
	isDir     bool
	writes    bool // O_WRONLY or O_RDWR
	appends   bool // O_APPEND

	closed bool // guarded by record.mu

	// cursor makes one of the use of the offset and its move. The offset is the descriptor's: pos knows it, as long as nobody has had that descriptor.
	cursor  sync.Mutex
	pos     int64 // guarded by cursor
	exposed atomic.Bool
}

func (f *LimitedFile) begin(l *ledger, flag int) {
	f.ledger, f.writes, f.appends = l, flag&(os.O_WRONLY|os.O_RDWR) != 0, flag&os.O_APPEND != 0
}

// Read reads at most len(p) bytes.
func (f *LimitedFile) Read(p []byte) (int, syscall.Errno) {
	if !f.isRegular {
		return f.File.Read(p)
	}
	f.cursor.Lock()
	defer f.cursor.Unlock()
	n, errno := f.File.Read(p)
	f.pos += int64(n)
	return n, errno
}

// Lseek sets the offset; of a directory it begins the listing anew.
func (f *LimitedFile) Lseek(off int64, whence int) (int64, syscall.Errno) {
	f.cursor.Lock()
	defer f.cursor.Unlock()
	pos, errno := f.File.Lseek(off, whence)
	if errno == 0 {
		f.pos = pos
	}
	return pos, errno
}

// offset is where the next byte goes. cursor is held.
func (f *LimitedFile) offset() int64 {
	if f.exposed.Load() {
		if pos, errno := f.File.Lseek(0, io.SeekCurrent); errno == 0 {
			f.pos = pos
		}
	}
	return f.pos
}

// Write writes all of p, unless there is an error.
func (f *LimitedFile) Write(p []byte) (int, syscall.Errno) {
	if !f.isRegular || !f.writes {
		return f.File.Write(p)
	}
	f.cursor.Lock()
	defer f.cursor.Unlock()
	off := f.offset()
	if overflows(off, p) {
		return f.File.Write(p)
	}
	g := growth{file: f, off: off, n: int64(len(p))}
	if errno := g.begin(); errno != 0 {
		return 0, errno
	}
	n, errno := f.File.Write(p[:g.granted])
	f.pos = g.off + int64(n)
	return n, g.end(int64(n), errno)
}

// WriteAt writes all of p, unless there is an error.
func (f *LimitedFile) WriteAt(p []byte, off int64) (int, syscall.Errno) {
	if off < 0 || !f.isRegular || !f.writes || overflows(off, p) {
		return f.File.WriteAt(p, off)
	}
	g := growth{file: f, off: off, n: int64(len(p))}
	if errno := g.begin(); errno != 0 {
		return 0, errno
	}
	n, errno := f.File.WriteAt(p[:g.granted], off)
	return n, g.end(int64(n), errno)
}

// overflows reports whether p at off would end where no offset can be, which the kernel refuses (rw_verify_area in fs/read_write.c).
func overflows(off int64, p []byte) bool { return off > math.MaxInt64-int64(len(p)) }

// growth is a write of n bytes to off, from the moment that there is room for it.
type growth struct {
	file    *LimitedFile
	off, n  int64
	granted int64         // of n
	refused syscall.Errno // why that is not all
	inside  bool          // it changes no size
}

// begin takes what the file is to grow by and holds its record. An errno: nothing can be written. Otherwise end must follow.
func (g *growth) begin() syscall.Errno {
	f, r := g.file, g.file.record
	if !f.appends {
		r.mu.RLock()
		if g.n <= r.size-g.off && !f.closed {
			g.granted, g.inside = g.n, true
			return 0
		}
		r.mu.RUnlock()
	}
	r.mu.Lock()
	if f.closed {
		r.mu.Unlock()
		return syscall.EBADF
	}
	if f.appends { // whatever off is, as write(2) and pwrite(2) have it
		g.off = r.size
	}
	g.granted, g.refused = f.ledger.quota.Grow(r.size, g.off, g.n)
	if g.granted == 0 && g.refused != 0 {
		r.mu.Unlock()
		return g.refused
	}
	return 0
}

// end is for n bytes that were written, and what the system says.
func (g *growth) end(n int64, errno syscall.Errno) syscall.Errno {
	r := g.file.record
	if g.inside {
		r.mu.RUnlock()
		return errno
	}
	taken, size := max(r.size, g.off+g.granted), r.size
	if n > 0 {
		size = max(size, g.off+n)
	}
	if g.granted == 0 {
		taken = size
	}
	if taken > size {
		g.file.ledger.quota.Give(0, taken-size)
	}
	r.size = size
	r.mu.Unlock()
	if errno == 0 {
		errno = g.refused
	}
	return errno
}

// Truncate sets the size: all or nothing.
func (f *LimitedFile) Truncate(size int64) syscall.Errno {
	if size < 0 || !f.isRegular || !f.writes {
		return f.File.Truncate(size)
	}
	r, quota := f.record, f.ledger.quota
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.closed {
		return syscall.EBADF
	}
	if size > r.size {
		granted, refused := quota.Grow(r.size, 0, size)
		if refused != 0 {
			quota.Give(0, max(granted-r.size, 0))
			return refused
		}
	}
	errno := f.File.Truncate(size)
	if errno != 0 {
		quota.Give(0, max(size-r.size, 0))
		return errno
	}
	quota.Give(0, max(r.size-size, 0))
	r.size = size
	return 0
}

// Close gives back what nothing else holds. It waits for what is writing: afterwards the size is settled.
func (f *LimitedFile) Close() syscall.Errno {
	if !f.shut() {
		return syscall.EBADF
	}
	f.ledger.mu.Lock()
	defer f.ledger.mu.Unlock()
	return f.leave()
}

// closeLocked is Close of one that nobody else has yet, with ledger.mu held.
func (f *LimitedFile) closeLocked() {
	f.shut()
	_ = f.leave()
}

// shut is false for all calls but the first.
func (f *LimitedFile) shut() bool {
	f.record.mu.Lock()
	defer f.record.mu.Unlock()
	first := !f.closed
	f.closed = true
	return first
}

// leave closes the file before it leaves the books: the number of an inode may be that of another once it is gone. ledger.mu is held.
func (f *LimitedFile) leave() syscall.Errno {
	errno := f.File.Close()
	f.record.handles--
	if !f.isFresh {
		f.ledger.settle(f.record, f.id)
		return errno
	}
	f.ledger.forget(f)
	if f.record.names == 0 {
		f.ledger.quota.Give(1, f.record.size)
	}
	return errno
}

// SyscallConn gives the descriptor. What is written by it is not counted.
func (f *LimitedFile) SyscallConn() (syscall.RawConn, error) {
	f.exposed.Store(true)
	return f.File.SyscallConn()
}
