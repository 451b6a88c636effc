package tempfs

import (
	"bytes"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// PersistFile gives an open file of an Fs, or of [TemporaryFile], [NamedTemporaryFile] or [SpooledTemporaryFile], the name hostPath, as [Fs.Persist] does. It is the
// file that is open, whatever has its name by now; that name, if it is still the file's, is removed. A file without a name must have been
// made with [Linkable]; a spooled one moves to disk first.
//
// The file stays open and its offset where it was. Where linkat(2) can publish it, within one filesystem of Linux, what is written to it later shows at
// hostPath; from memory, to another filesystem and on other systems it is a copy that is published, [SameFilesystem] refuses that. [NamedFile.Close] finds
// nothing to remove then.
//
// The mode is kept, but that of a temporary file made without [Perm] becomes 0666 before umask; [Mode] sets it, and nothing else gives setuid,
// setgid or sticky. Another file of the Fs that is open for writing on the same file is EBUSY, unless [AllowWriters] is given.
//
// It fails with a *[PersistError], whose causes are those of Persist, and by [errors.Is]: fs.ErrInvalid for a file of another package and for
// one without a name that is not linkable, EISDIR for a directory, EBADF if it must be copied and cannot be read, fs.ErrClosed.
func PersistFile(f afero.File, hostPath string, opts ...PersistOption) error {
	o := persistOpen{}
	switch f := f.(type) {
	case *file:
		o.file = f
	case *NamedFile:
		if f != nil {
			o.file, o.named = f.file, f
		}
	case *SpooledFile:
		if f != nil {
			o.file, o.spool = f.file, f.spool
		}
	}
	name := ""
	if o.file != nil {
		name, o.bare = o.file.name, bareHandle(o.file.handle)
	}
	o.persist = newPersist(name, hostPath, opts)
	if o.file != nil && o.file.fs != nil {
		o.hook = o.file.fs.hook()
	}
	return o.finish(o.run())
}

// persistOpen is a call of PersistFile.
type persistOpen struct {
	*persist
	file  *file      // nil: not ours
	bare  handle     // of the file, without a hook
	named *NamedFile // that the file is of, or nil
	spool *spool     // likewise
	info  fs.FileInfo
}

func (o *persistOpen) run() error {
	if o.file != nil && o.file.fs != nil {
		if !o.file.fs.enter() {
			return fs.ErrClosed
		}
		defer o.file.fs.leave()
	}
	for _, step := range []func() error{o.look, func() error { return o.open(false) }, o.roll, o.busy, o.publish} {
		if err := step(); err != nil {
			return o.closedOr(err)
		}
	}
	return nil
}

func (o *persistOpen) publish() error {
	isLinked, err := o.link()
	if !isLinked {
		err = o.copy()
	}
	switch {
	case err == nil:
		o.result.SourceLeft = !o.tidy(o.removeName)
	case o.result.Published:
		o.result.SourceLeft = !o.file.birth.is(unnamed)
	}
	return err
}

// closedOr is fs.ErrClosed if somebody closed the file meanwhile.
func (o *persistOpen) closedOr(err error) error {
	if err == syscall.EBADF && o.file.closed.Load() {
		return fs.ErrClosed
	}
	return err
}

func (o *persistOpen) look() error {
	if err := o.begin(stepLook); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	switch {
	case o.file == nil:
		return errNotOurs
	case o.file.closed.Load():
		return fs.ErrClosed
	case o.file.birth.is(unnamed) && !o.file.birth.is(linkable):
		return errNotLinkable
	}
	if err := o.ask(); err != nil {
		return err
	}
	info, errno := o.bare.Stat()
	switch {
	case errno != 0:
		return errno
	case info.IsDir():
		return syscall.EISDIR
	case !info.Mode().IsRegular():
		return syscall.EOPNOTSUPP
	}
	o.info = info
	return nil
}

// roll moves a spooled file to where it can be published from.
func (o *persistOpen) roll() error {
	if o.spool == nil {
		return nil
	}
	errno := syscall.Errno(0)
	err := o.do(stepRoll, func() syscall.Errno {
		errno = o.spool.roll()
		if errno == 0 {
			o.info, errno = o.spool.Stat()
		}
		return errno
	})
	if errno == seeCause {
		return o.spool.cause()
	}
	return err
}

// busy looks for other files on the same one. Those of the host know nothing of each other.
func (o *persistOpen) busy() error {
	if err := o.begin(stepScan); err != nil {
		return err
	}
	if o.file.fs == nil || o.allowWriters {
		return nil
	}
	isSame := func(w fs.FileInfo) bool { return SameFile(w, o.info) }
	if slices.ContainsFunc(o.file.fs.writers(o.file), isSame) {
		return syscall.EBUSY
	}
	return nil
}

// link publishes the file itself. isLinked is false, and nothing has changed, if only a copy can do it.
func (o *persistOpen) link() (isLinked bool, err error) {
	conn, ok := o.bare.(syscall.Conn)
	if !ok {
		return false, nil
	}
	isLinked = true
	err = o.prepare()
	if err == nil {
		err = o.do(stepPublish, func() syscall.Errno { return o.target.Link(conn, !o.noReplace) })
		isLinked = !slices.Contains(unlinkable, err)
	}
	if err == nil {
		return true, o.settle(o.info)
	}
	_ = o.bare.Chmod(o.info.Mode()) // as it was
	return isLinked, err
}

// prepare makes the file what it is to be once it is published.
func (o *persistOpen) prepare() error {
	if err := o.begin(stepChmod); err != nil {
		return err
	}
	h := o.bare
	mode := o.modeFor(o.info, o.file.birth.is(private))
	if o.info.Mode() != mode {
		if errno := h.Chmod(mode); errno != 0 {
			return errno
		}
	}
	if o.durable {
		return o.sync(h)
	}
	return nil
}

// unlinkable are what linkat(2) says of a file that can have no name there, or no more than it has, and what systems without it say.
var unlinkable = []error{
	syscall.EXDEV, syscall.EPERM, syscall.EMLINK, syscall.ENOENT, syscall.EOPNOTSUPP, syscall.ENOTSUP, syscall.ENOSYS,
}

// copy publishes a copy of the content, of which no offset is moved.
func (o *persistOpen) copy() error {
	if err := o.begin(stepCopy); err != nil {
		return err
	}
	if o.sameFilesystem {
		return syscall.EXDEV
	}
	scratch, errno := o.target.NewFile()
	if errno != 0 {
		return errno
	}
	err := o.copyTo(scratch)
	if err == nil {
		return o.publishCopy(scratch)
	}
	_ = scratch.Discard()
	return err
}

func (o *persistOpen) copyTo(scratch *disk.Scratch) error {
	var err error
	if from, errno := o.openAgain(); errno == 0 {
		err = copyOpened(scratch, &file{handle: from}, o.info)
		_ = from.Close()
	} else {
		err = errorOf(copyHandle(scratch.Handle(), o.bare, o.info.Size()))
	}
	if err != nil {
		return err
	}
	return o.finishCopy(scratch, o.info, o.modeFor(o.info, o.file.birth.is(private)))
}

// openAgain opens the file for reading with an offset of its own, if there is a way.
func (o *persistOpen) openAgain() (handle, syscall.Errno) {
	if conn, ok := o.bare.(syscall.Conn); ok {
		if again, errno := disk.OpenAgain(conn); errno == 0 {
			return again, 0
		}
	}
	if o.file.fs == nil || o.file.birth.is(unnamed) {
		return nil, syscall.ENOENT
	}
	again, errno := o.file.fs.tree.OpenFile(o.file.name, os.O_RDONLY, 0)
	if errno != 0 {
		return nil, errno
	}
	if info, failed := again.Stat(); failed != 0 || !SameFile(info, o.info) {
		_ = again.Close()
		return nil, syscall.ENOENT
	}
	return again, 0
}

// copyHandle copies the first size bytes and moves no offset. What is zero becomes a hole.
func copyHandle(to, from handle, size int64) syscall.Errno {
	buffer, zeros := make([]byte, maxMoved), make([]byte, maxMoved)
	for off := int64(0); off < size; {
		n, errno := from.ReadAt(buffer[:min(size-off, maxMoved)], off)
		switch {
		case errno != 0:
			return errno
		case n == 0: // it was cut
			return to.Truncate(off)
		}
		if !bytes.Equal(buffer[:n], zeros[:n]) {
			if errno := writeAll(to, buffer[:n], off); errno != 0 {
				return errno
			}
		}
		off += int64(n)
	}
	return to.Truncate(size)
}

func writeAll(to handle, p []byte, off int64) syscall.Errno {
	n, errno := to.WriteAt(p, off)
	if errno == 0 && n < len(p) {
		return syscall.EIO
	}
	return errno
}

// removeName removes the name of the file, if it has one and that is not the one it was given just now.
func (o *persistOpen) removeName() syscall.Errno {
	switch {
	case o.named != nil:
		return o.named.entry.removePersisted(o.target)
	case o.file.birth.is(unnamed) || o.file.fs == nil:
		return 0
	}
	return removePersisted(virtualPlace{o.file.fs.unhooked(), ""}, o.file.name, o.info, o.target)
}

// removePersisted is for a file that has the name of the target now.
func (e *namedEntry) removePersisted(target *disk.Target) syscall.Errno {
	e.mu.Lock()
	defer e.mu.Unlock()
	errno := removePersisted(withoutHook(e.place), e.base, e.born, target)
	if errno == 0 {
		e.settleLocked()
	}
	return errno
}

// removePersisted removes the file base of p if it is the one with that info, and not at the name of the target.
func removePersisted(p place, base string, info fs.FileInfo, target *disk.Target) syscall.Errno {
	entry, errno := entryOf(p, base)
	if entry != nil {
		defer entry.Close()
		if target.IsEntry(entry) {
			return 0
		}
	}
	switch errno {
	case 0:
		_, errno = removeSame(p, base, info) // a stranger stays
	case syscall.ENOENT:
		errno = 0
	}
	return errno
}

// entryOf is nil for a place in memory.
func entryOf(p place, base string) (*disk.Entry, syscall.Errno) {
	switch p := p.(type) {
	case virtualPlace:
		if tree, ok := p.tree.(*disk.Tree); ok {
			return tree.Entry(p.path(base))
		}
	case hostPlace:
		return p.host.Entry(base)
	}
	return nil, 0
}
