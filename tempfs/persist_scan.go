package tempfs

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"syscall"
)

// scan is what is to be known of a source before anything is changed.
type scan struct {
	writers []fs.FileInfo // files of the Fs that are open for writing
	special *spot         // an entry that cannot be copied; nil if there is none
	marked  []modeChange  // have setuid, setgid or sticky; with the modes they have
	closed  []spot        // directories that their owner cannot empty as they are, parents first
	content []spot        // files and directories, parents first, if they are to be synced
	deep    []*Fs         // the branches but the first
}

type modeChange struct {
	spot
	mode fs.FileMode // before
}

// spot is an entry: a tree may be deeper than a name can say (PATH_MAX of limits.h).
type spot struct {
	branch *branch
	name   string // in that
}

// branch is a part of the tree in which names are short.
type branch struct {
	*Fs
	above string // the name of its root in the Fs that is persisted from; "" for that itself
}

// longName makes a directory a branch, in bytes: each look at a name takes the kernel through all of it.
const longName = 512

// fullName is that in the Fs that is persisted from.
func (s spot) fullName() string { return s.branch.above + s.name }

// doScan walks the source. What vanishes meanwhile was never there.
func (e *persistEntry) doScan() error {
	if err := e.begin(stepScan); err != nil {
		return err
	}
	if !e.allowWriters {
		e.scan.writers = e.fs.writers(nil)
	}
	return e.scanEntry(e.top(), e.info)
}

// top is the source.
func (e *persistEntry) top() spot { return spot{&branch{Fs: e.fs}, e.source} }

func (s spot) isTop(e *persistEntry) bool { return s.branch.above == "" && s.name == e.source }

// endScan gives back what the scan holds.
func (e *persistEntry) endScan() {
	for _, f := range e.scan.deep {
		_ = f.Release() // of a view
	}
}

func (e *persistEntry) scanEntry(at spot, info fs.FileInfo) error {
	s := &e.scan
	if slices.ContainsFunc(s.writers, func(w fs.FileInfo) bool { return SameFile(w, info) }) {
		return e.about(at, syscall.EBUSY)
	}
	kind := info.Mode().Type()
	if kind&^(fs.ModeDir|fs.ModeSymlink) != 0 && s.special == nil {
		s.special = &at
	}
	if kind != fs.ModeSymlink && info.Mode()&specialBits != 0 && !at.isTop(e) {
		s.marked = append(s.marked, modeChange{at, info.Mode() & (fs.ModePerm | specialBits)})
	}
	if e.durable && kind&^fs.ModeDir == 0 {
		s.content = append(s.content, at)
	}
	if kind != fs.ModeDir {
		return nil
	}
	if info.Mode()&0o700 != 0o700 && at.name != "/" {
		s.closed = append(s.closed, at)
	}
	return e.scanDir(at, info)
}

func (e *persistEntry) scanDir(at spot, info fs.FileInfo) error {
	inside, err := e.inside(at, info)
	var entries []fs.DirEntry
	if err == nil {
		entries, err = virtualSource{Fs: inside.branch.Fs}.readDir(inside.name, info)
	}
	if isGone(err) && !at.isTop(e) {
		return nil
	}
	if err != nil {
		return e.about(at, err)
	}
	for _, entry := range entries {
		child := spot{inside.branch, childName(inside.name, entry.Name())}
		info, err := virtualSource{Fs: child.branch.Fs}.lstat(child.name, entry)
		if isGone(err) {
			continue
		}
		if err == nil {
			err = e.scanEntry(child, info)
		} else {
			err = e.about(child, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inside is the directory as the one that its entries are named from.
func (e *persistEntry) inside(at spot, info fs.FileInfo) (spot, error) {
	if len(at.name) < longName {
		return at, nil
	}
	sub, err := at.branch.Sub(at.name)
	if err != nil {
		return at, vanishing(err)
	}
	e.scan.deep = append(e.scan.deep, sub)
	if root, err := sub.Stat("/"); err != nil || !SameFile(root, info) {
		return at, errChanged
	}
	return spot{&branch{sub, at.fullName()}, "/"}, nil
}

// isGone reports whether a source says that an entry is not any more, or is another.
func isGone(err error) bool {
	return err == errChanged || errors.As(err, &vanishedError{})
}

// about names the entry, if it is not the one that the error tells anyway.
func (e *persistEntry) about(at spot, err error) error {
	if err == errChanged {
		err = ErrReplaced
	}
	if err = causeOf(err); at.isTop(e) {
		return err
	}
	return pathError(opPersist, at.fullName(), err)
}

// writers are the files, of the Fs that New made and all its views, that are open for writing, but for one.
func (f *Fs) writers(except *file) []fs.FileInfo {
	var infos []fs.FileInfo
	for _, w := range f.first().openFiles() {
		if w == except || !w.writes {
			continue
		}
		if info, errno := bareHandle(w.handle).Stat(); errno == 0 { // else it was closed
			infos = append(infos, info)
		}
	}
	return infos
}

func (l *views) list() []*Fs {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.set))
}
