package tempfs

import (
	"io/fs"
	"os"
	"slices"
	"syscall"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// move publishes the source by a rename. across: that cannot be, and nothing has changed.
func (e *persistEntry) move(tree *disk.Tree) (across bool, err error) {
	entry, errno := tree.Entry(e.source)
	if errno != 0 {
		return false, errno
	}
	defer entry.Close()
	if e.target.IsAcross(entry) {
		return true, nil
	}
	var changed []modeChange
	err = e.prepare(entry, &changed)
	if err == nil {
		err = e.publish(tree, entry)
	}
	if err != nil && !e.result.Published {
		for _, c := range slices.Backward(changed) {
			_ = c.lchmod(c.mode) // as it was
		}
	}
	if err == syscall.EXDEV || err == syscall.EACCES && e.hasReadOnlyDir() {
		return true, nil
	}
	return false, err
}

// hasReadOnlyDir reports whether a directory that is to be moved forbids that by its own mode: rename(2) wants the right to write it,
// for its entry "..", unless it stays in its parent as a copy does.
func (e *persistEntry) hasReadOnlyDir() bool {
	const write = 0o200
	if !e.info.IsDir() || e.sameFilesystem {
		return false
	}
	there, errno := e.target.Lstat()
	return e.modeFor(e.info, false)&write == 0 || errno == 0 && there.Mode()&write == 0
}

// prepare makes the source what it is to be once it is published. The modes it changed are in changed.
func (e *persistEntry) prepare(entry *disk.Entry, changed *[]modeChange) error {
	if err := e.begin(stepChmod); err != nil {
		return err
	}
	for _, m := range e.scan.marked {
		if errno := m.lchmod(m.mode.Perm()); errno != 0 {
			return e.about(m.spot, errno)
		}
		*changed = append(*changed, m)
	}
	is, mode := e.info.Mode(), e.modeFor(e.info, false)
	if is&fs.ModeSymlink == 0 && is&(fs.ModePerm|specialBits) != mode {
		if errno := entry.Chmod(mode); errno != 0 {
			return errno
		}
		*changed = append(*changed, modeChange{e.top(), is & (fs.ModePerm | specialBits)})
	}
	for _, s := range slices.Backward(e.scan.content) {
		if err := e.syncEntry(s); err != nil {
			return e.about(s, err)
		}
	}
	return nil
}

// lchmod is for what was no link when the source was scanned, and on disk follows none that has come since.
func (s spot) lchmod(mode fs.FileMode) syscall.Errno {
	tree, ok := s.branch.tree.(*disk.Tree)
	if !ok {
		return s.branch.backend.Chmod(s.name, mode)
	}
	entry, errno := tree.Entry(s.name)
	if errno != 0 {
		return errno
	}
	defer entry.Close()
	return entry.Chmod(mode)
}

// syncEntry opens a file for writing if it cannot be read.
func (e *persistEntry) syncEntry(s spot) error {
	h, errno := s.branch.backend.OpenFile(s.name, os.O_RDONLY, 0)
	if errno == syscall.EACCES {
		h, errno = s.branch.backend.OpenFile(s.name, os.O_WRONLY, 0)
	}
	switch {
	case errno == syscall.ENOENT && !s.isTop(e):
		return nil
	case errno != 0:
		e.step = stepSync
		return errno
	}
	defer func() { _ = h.Close() }()
	return e.sync(h)
}

// leave renames the source, and has nothing in the Fs lead to it any more.
func (e *persistEntry) leave(tree *disk.Tree, entry *disk.Entry) (exchanged bool, errno syscall.Errno) {
	owner := e.fs.first()
	owner.views.moving.Lock()
	defer owner.views.moving.Unlock()
	tree.Leaves(entry, func() bool {
		exchanged, errno = e.target.Rename(entry, e.info.IsDir(), !e.noReplace)
		return errno == 0 || exchanged
	})
	if e.info.IsDir() && (errno == 0 || exchanged) {
		owner.strand(entry)
	}
	return exchanged, errno
}

func (e *persistEntry) publish(tree *disk.Tree, entry *disk.Entry) error {
	if err := e.begin(stepPublish); err != nil {
		return err
	}
	// A release that has not begun by now waits; one that has may be deleting what is to be moved.
	if !e.fs.enter() {
		return fs.ErrClosed
	}
	defer e.fs.leave()
	if e.target.IsEntry(entry) {
		return e.settle(e.info) // it is there
	}
	exchanged, errno := e.leave(tree, entry)
	e.result.Exchanged = exchanged
	if errno != 0 {
		e.result.Published = exchanged
		return errno
	}
	err := e.settle(e.info)
	if exchanged { // the old directory is where the new one was
		e.result.OldLeft = !e.tidy(entry.Remove)
	}
	return err
}
