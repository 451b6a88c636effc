package tempfs

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/aferotemp/go/memfallback"
)

// transfer copies files and trees into a filesystem. It is for one copy in one goroutine.
//
// Nothing at the destination is overwritten, and nothing is written through a link there: a directory is made, or is one
// already, which then keeps its mode. A copy that fails removes what it made.
type transfer struct {
	op         string // of its errors
	ctx        context.Context
	onProgress func(CopyProgress) // may be nil
	from       source
	to         *destination

	above         string // what the names of errors and progress begin with
	showsTarget   bool   // errors and progress have the names at the destination, else those at the source
	dropsSpecial  bool   // setuid, setgid and sticky are not copied
	keepsOwners   bool
	noReflink     bool // it was tried once and cannot be
	noCopyInPlace bool // as noReflink, for copy_file_range

	// onFile is called with each file that was copied, before it is closed; onDir with each directory that was made, once it
	// is complete. Both may be nil, and are for a destination that is an Fs.
	onFile, onDir func(handle) syscall.Errno

	umask    fs.FileMode
	ends     fs.FileInfo // the directory that is copied into; nil: it cannot be in what is copied
	links    map[inode]string
	made     []made  // in this order, without what is inside of one of them
	closed   []route // directories that were made and whose owner may not change them any more, parents last
	progress CopyProgress
	buffer   []byte
}

// route is the name of an entry at the source and at the destination.
type route struct{ from, to string }

// made is an entry that the copy made.
type made struct {
	route
	isDir bool
}

// child is the route of an entry of the directory r.
func (r route) child(base string) route {
	return route{childName(r.from, base), childName(r.to, base)}
}

// childName takes the directories "." of an fs.FS and "/" of an Fs for what they are.
func childName(dir, base string) string {
	switch dir {
	case ".":
		return base
	case "/":
		return "/" + base
	}
	return dir + "/" + base
}

// maxChanges bounds the tries to get hold of an entry that changes all the time.
const maxChanges = 10

// copyContent copies what is in the directory r.from into the directory r.to. If it fails, nothing is left.
func (t *transfer) copyContent(r route) error {
	t.umask = memfallback.Umask()
	var err error
	if t.ends, err = t.to.Stat(r.to); err != nil {
		return t.finish(t.named(r, err))
	}
	entries, err := t.from.readDir(r.from, nil)
	if err != nil {
		return t.finish(t.named(r, err))
	}
	return t.finish(t.entries(r, entries, false))
}

// finish removes what was made, if err says so.
func (t *transfer) finish(err error) error {
	if err == nil {
		return nil
	}
	if left := t.undo(); left != nil {
		return errors.Join(err, left)
	}
	return err
}

// entries copies the entries of the directory r; inMade says that the copy made it.
func (t *transfer) entries(r route, entries []fs.DirEntry, inMade bool) error {
	for _, e := range entries {
		if e == nil || !isPlainName(e.Name()) {
			return t.badName(r, e)
		}
		if err := t.entry(r.child(e.Name()), e, inMade); err != nil {
			return err
		}
	}
	return nil
}

// isPlainName refuses what a directory of an fs.FS must not list.
func isPlainName(name string) bool {
	return name != "" && name != "." && name != ".." && !meansDirectory(name)
}

func (t *transfer) badName(dir route, e fs.DirEntry) error {
	if e == nil {
		return t.named(dir, fs.ErrInvalid)
	}
	return t.named(dir.child(e.Name()), fs.ErrInvalid)
}

// entry copies one entry; listed is what its directory told of it. An entry of an Fs that has gone since was never there.
func (t *transfer) entry(r route, listed fs.DirEntry, inMade bool) error {
	err := errChanged
	for tries := 0; err == errChanged && tries < maxChanges; tries++ {
		err = t.attempt(r, listed, inMade)
	}
	if _, vanished := err.(vanishedError); vanished { //nolint:errorlint // as fail left it
		return nil
	}
	if err == errChanged {
		return t.named(r, syscall.EAGAIN)
	}
	if err == nil {
		t.progress.Entries++
		t.tell(r)
	}
	return err
}

// attempt copies the entry as what it is now. Nothing of it was made if that changes.
func (t *transfer) attempt(r route, listed fs.DirEntry, inMade bool) error {
	if err := t.ctx.Err(); err != nil {
		return t.fail(r, err)
	}
	info, err := t.from.lstat(r.from, listed)
	if err != nil {
		return t.fail(r, err)
	}
	if linked, err := t.link(r, info, inMade); linked || err != nil {
		return err
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return t.file(r, info, inMade)
	case mode.IsDir():
		return t.dir(r, info, inMade)
	case mode.Type() == fs.ModeSymlink:
		return t.symlink(r, info, inMade)
	}
	return t.fail(r, syscall.EOPNOTSUPP) // a FIFO is never opened: that would wait, or wake its writer
}

// link makes the entry a hard link to what was copied under another name of it, if anything was and the destination can.
func (t *transfer) link(r route, info fs.FileInfo, inMade bool) (linked bool, err error) {
	id, ok := inodeOf(info)
	if !ok || info.IsDir() {
		return false, nil
	}
	first, copied := t.links[id]
	if !copied {
		return false, nil
	}
	err = t.to.link(first, r.to)
	if isUnable(err) {
		return false, nil
	}
	if err != nil {
		return false, t.fail(r, err)
	}
	t.record(r, false, inMade)
	return true, nil
}

// remember is for an entry that was copied and may have other names.
func (t *transfer) remember(r route, info fs.FileInfo) {
	id, ok := inodeOf(info)
	if !ok || t.to.hard == nil {
		return
	}
	if t.links == nil {
		t.links = map[inode]string{}
	}
	t.links[id] = r.to
}

func (t *transfer) dir(r route, info fs.FileInfo, inMade bool) error {
	if t.ends != nil && SameFile(info, t.ends) {
		return t.fail(r, syscall.EINVAL) // it would never end; so says rename(2)
	}
	entries, err := t.from.readDir(r.from, info)
	if err != nil {
		return t.fail(r, err)
	}
	isNew, err := t.to.mkdir(r.to, t.umask)
	if err != nil {
		return t.fail(r, err)
	}
	if !isNew {
		return t.below(r, entries, inMade)
	}
	t.record(r, true, inMade)
	if err := t.below(r, entries, true); err != nil {
		return err
	}
	return t.finishDir(r, info)
}

func (t *transfer) symlink(r route, info fs.FileInfo, inMade bool) error {
	target, err := t.from.readLink(r.from, info)
	if err != nil {
		return t.fail(r, err)
	}
	if err := t.to.symlink(target, r.to); err != nil {
		return t.fail(r, err)
	}
	t.record(r, false, inMade)
	t.remember(r, info)
	if t.keepsOwners {
		got, err := t.to.lstat(r.to)
		if err == nil {
			_, err = t.keepOwner(r, got, info)
		}
		if err != nil {
			return t.fail(r, err)
		}
	}
	return nil
}

// tell reports the progress.
func (t *transfer) tell(r route) {
	if t.onProgress != nil {
		t.progress.Name = t.name(r)
		t.onProgress(t.progress)
	}
}

func (t *transfer) name(r route) string {
	if t.showsTarget {
		return t.above + r.to
	}
	return t.above + r.from
}
