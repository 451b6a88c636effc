package tempfs

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// opCopy is the Op of the errors of entries that are copied.
const opCopy = "copy"

// copy publishes a copy of the source and removes that.
func (e *persistEntry) copy() error {
	if err := e.begin(stepCopy); err != nil {
		return err
	}
	switch {
	case e.sameFilesystem:
		return syscall.EXDEV
	case e.scan.special != nil:
		return e.about(*e.scan.special, syscall.EOPNOTSUPP)
	}
	scratch, err := e.makeCopy()
	if err != nil {
		return err
	}
	if err := e.publishCopy(scratch); err != nil {
		e.result.SourceLeft = e.result.Published
		return err
	}
	e.result.SourceLeft = !e.tidy(e.removeSource)
	return nil
}

// publishCopy ends the scratch. What cannot be removed then is no failure.
func (p *persist) publishCopy(scratch *disk.Scratch) error {
	if err := p.begin(stepPublish); err != nil {
		_ = scratch.Discard()
		return err
	}
	published, exchanged, errno := scratch.Publish(!p.noReplace)
	p.result.Exchanged = exchanged
	if errno != 0 {
		p.result.Published = exchanged
		_ = scratch.Discard()
		return errno
	}
	p.result.Copied = true
	err := p.settle(published)
	if exchanged {
		p.result.OldLeft = !p.tidy(scratch.Discard)
	} else {
		_ = scratch.Discard() // it has nothing but descriptors
	}
	return err
}

func (e *persistEntry) removeSource() syscall.Errno {
	now, errno := e.fs.backend.Lstat(e.source)
	switch {
	case errno == syscall.ENOENT:
		return 0
	case errno != 0:
		return errno
	case !SameFile(now, e.info): // somebody else's by now
		return 0
	}
	for _, dir := range e.scan.closed {
		_ = dir.lchmod(0o700) // what follows tells
	}
	_, errno = e.fs.backend.RemoveAll(e.source)
	return errno
}

// makeCopy makes what is to be published. Nothing of it is left if that fails.
func (e *persistEntry) makeCopy() (scratch *disk.Scratch, err error) {
	var errno syscall.Errno
	switch e.info.Mode().Type() {
	case fs.ModeDir:
		if scratch, errno = e.target.NewDirectory(); errno == 0 {
			err = e.copyDir(scratch)
		}
	case fs.ModeSymlink:
		var to string
		if to, errno = e.fs.backend.Readlink(e.source); errno == 0 {
			if scratch, errno = e.target.NewSymlink(to); errno == 0 {
				err = keepOwner(scratch, e.info)
			}
		}
	default:
		if scratch, errno = e.target.NewFile(); errno == 0 {
			err = e.copyFile(scratch)
		}
	}
	if errno != 0 {
		return nil, errno
	}
	if err != nil {
		_ = scratch.Discard()
		return nil, err
	}
	return scratch, nil
}

// newCopy is a copy of entries of from to the directory of to, or of files that are no entries.
func newCopy(from source, to *destination) *transfer {
	return &transfer{op: opCopy, ctx: context.Background(), from: from, to: to, dropsSpecial: true}
}

func (e *persistEntry) syncCopied(h handle) syscall.Errno {
	err := e.sync(h)
	var errno syscall.Errno
	if err != nil && !errors.As(err, &errno) {
		errno = syscall.EIO
	}
	return errno
}

// copyDir fills the directory, then gives it the mode and times.
func (e *persistEntry) copyDir(scratch *disk.Scratch) error {
	to := &Fs{kind: backendDisk, gate: newGate()} // nobody else's, and ended with the scratch
	to.hold(scratch.Tree(), nil)
	t := newCopy(virtualSource{Fs: e.fs}, newDestination(to))
	t.keepsOwners = true
	if e.durable {
		t.onFile, t.onDir = e.syncCopied, e.syncCopied
	}
	r := route{e.source, "/"}
	if err := t.copyContent(r); err != nil {
		return e.aboutCopy(err)
	}
	t.dropsSpecial = false
	return e.aboutCopy(t.finishDir(r, modeInfo{e.info, fs.ModeDir | e.modeFor(e.info, e.isRoot)}))
}

// aboutCopy drops the name of the source, which the error has.
func (e *persistEntry) aboutCopy(err error) error {
	var named *fs.PathError
	if errors.As(err, &named) && named.Path == e.source {
		return named.Err
	}
	return err
}

// modeInfo is an info with another mode.
type modeInfo struct {
	fs.FileInfo
	mode fs.FileMode
}

func (i modeInfo) Mode() fs.FileMode { return i.mode }

func (e *persistEntry) copyFile(scratch *disk.Scratch) error {
	from, info, err := virtualSource{Fs: e.fs}.openSame(e.source, e.info)
	if err != nil {
		return e.about(e.top(), err)
	}
	defer func() { _ = from.Close() }()
	if err := copyOpened(scratch, from, info); err != nil {
		return err
	}
	return e.finishCopy(scratch, info, e.modeFor(info, false))
}

// copyOpened copies the content of a file that is open for this alone.
func copyOpened(scratch *disk.Scratch, from *file, info fs.FileInfo) error {
	to := &file{handle: scratch.Handle()}
	t := newCopy(nil, &destination{isOurs: true})
	return causeOf(t.copyFile(route{}, to, from, info))
}

// finishCopy gives a file that was copied what the source has beside content. A change of the owner takes special bits away: the mode is later.
func (p *persist) finishCopy(scratch *disk.Scratch, info fs.FileInfo, mode fs.FileMode) error {
	if err := keepOwner(scratch, info); err != nil {
		return err
	}
	h := scratch.Handle()
	errno := h.Chmod(mode)
	if errno == 0 {
		errno = scratch.Chtimes(accessTime(info), info.ModTime())
	}
	if errno == 0 && p.durable {
		return p.sync(h)
	}
	return errorOf(errno)
}

// keepOwner makes a file or a symbolic link that was copied belong, as far as the process may, to whom the source does.
func keepOwner(scratch *disk.Scratch, info fs.FileInfo) error {
	got, errno := scratch.Lstat()
	if errno != 0 {
		return errno
	}
	_, err := giveAway(got, info, func(uid, gid int) error { return errorOf(scratch.Chown(uid, gid)) })
	return err
}
