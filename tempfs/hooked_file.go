package tempfs

import (
	"io"
	"io/fs"
	"os"
	"syscall"
)

// hookedFile is a handle that asks the hook before each operation. It hides what a handle may have beyond the seam: a descriptor, infos by the page.
//
// No lock is held while the hook is asked, since that may use the file.
type hookedFile struct {
	file    handle
	hook    Hook
	name    string
	appends bool
	isDir   bool // it has no offset to ask for, and asking would begin the listing anew
}

var _ handle = (*hookedFile)(nil)

// newHookedFile is for a handle that was opened with that flag.
func newHookedFile(h handle, hook Hook, name string, flag int) *hookedFile {
	f := &hookedFile{file: h, hook: hook, name: name, appends: flag&os.O_APPEND != 0}
	if flag&(os.O_WRONLY|os.O_RDWR) == 0 { // no other flag opens a directory
		info, errno := h.Stat()
		f.isDir = errno == 0 && info.IsDir()
	}
	return f
}

// bareHandle is h without a hook.
func bareHandle(h handle) handle {
	if hooked, ok := h.(*hookedFile); ok {
		return hooked.file
	}
	return h
}

// cause is that of the handle, if it says seeCause.
func (f *hookedFile) cause() error {
	if h, ok := f.file.(interface{ cause() error }); ok {
		return h.cause()
	}
	return seeCause
}

// position is the offset of the file. What cannot tell, a FIFO, is at 0.
func (f *hookedFile) position() int64 {
	if f.isDir {
		return 0
	}
	pos, errno := f.file.Lseek(0, io.SeekCurrent)
	if errno != 0 {
		return 0
	}
	return pos
}

// end is where the next write begins.
func (f *hookedFile) end() int64 {
	if !f.appends {
		return f.position()
	}
	info, errno := f.file.Stat()
	if errno != 0 {
		return 0
	}
	return info.Size()
}

func (f *hookedFile) Read(p []byte) (int, syscall.Errno) {
	if errno := f.hook.ask(Op{Kind: OpRead, Name: f.name, Offset: f.position(), Len: len(p)}); errno != 0 {
		return 0, errno
	}
	return f.file.Read(p)
}

func (f *hookedFile) ReadAt(p []byte, off int64) (int, syscall.Errno) {
	if errno := f.hook.ask(Op{Kind: OpRead, Name: f.name, Offset: off, Len: len(p)}); errno != 0 {
		return 0, errno
	}
	return f.file.ReadAt(p, off)
}

func (f *hookedFile) Write(p []byte) (int, syscall.Errno) {
	return f.write(p, f.end(), f.file.Write)
}

func (f *hookedFile) WriteAt(p []byte, off int64) (int, syscall.Errno) {
	return f.write(p, off, func(p []byte) (int, syscall.Errno) { return f.file.WriteAt(p, off) })
}

// write writes what the hook lets through. What the file itself has to say comes first.
func (f *hookedFile) write(p []byte, off int64, write func([]byte) (int, syscall.Errno)) (n int, errno syscall.Errno) {
	allowed, err := f.hook.decide(Op{Kind: OpWrite, Name: f.name, Offset: off, Len: len(p)})
	if allowed > 0 || err == nil {
		if n, errno = write(p[:allowed]); errno != 0 || n < allowed {
			return n, errno
		}
	}
	return n, refusals.errnoFor(err)
}

func (f *hookedFile) Lseek(off int64, whence int) (int64, syscall.Errno) {
	if errno := f.hook.ask(Op{Kind: OpSeek, Name: f.name, Offset: off}); errno != 0 {
		return 0, errno
	}
	return f.file.Lseek(off, whence)
}

func (f *hookedFile) Truncate(size int64) syscall.Errno {
	if errno := f.hook.ask(Op{Kind: OpTruncate, Name: f.name, Offset: size}); errno != 0 {
		return errno
	}
	return f.file.Truncate(size)
}

func (f *hookedFile) Chmod(mode fs.FileMode) syscall.Errno {
	if errno := f.hook.ask(Op{Kind: OpChmod, Name: f.name}); errno != 0 {
		return errno
	}
	return f.file.Chmod(mode)
}

func (f *hookedFile) Stat() (fs.FileInfo, syscall.Errno) {
	if errno := f.hook.ask(Op{Kind: OpStat, Name: f.name}); errno != 0 {
		return nil, errno
	}
	return f.file.Stat()
}

func (f *hookedFile) ReadDir(n int) ([]fs.DirEntry, syscall.Errno) {
	if errno := f.hook.ask(Op{Kind: OpReadDir, Name: f.name, Len: n}); errno != 0 {
		return nil, errno
	}
	entries, errno := f.file.ReadDir(n)
	for i, e := range entries {
		entries[i] = &hookedEntry{e, f}
	}
	return entries, errno
}

func (f *hookedFile) Sync() syscall.Errno {
	if errno := f.hook.ask(Op{Kind: OpSync, Name: f.name}); errno != 0 {
		return errno
	}
	return f.file.Sync()
}

// Close closes the file whatever the hook says or does, as close(2): the descriptor is gone, even after EIO.
func (f *hookedFile) Close() (errno syscall.Errno) {
	defer func() {
		if closed := f.file.Close(); errno == 0 {
			errno = closed
		}
	}()
	return f.hook.ask(Op{Kind: OpClose, Name: f.name})
}

// hookedEntry is an entry of a directory, whose Info is a look at the tree.
type hookedEntry struct {
	fs.DirEntry
	dir *hookedFile
}

func (e *hookedEntry) Info() (fs.FileInfo, error) {
	if err := e.dir.hook.check(Op{Kind: OpLstat, Name: childName(e.dir.name, e.Name())}); err != nil {
		return nil, err
	}
	return e.DirEntry.Info()
}
