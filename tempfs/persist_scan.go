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
	special string        // an entry that cannot be copied; "" if there is none
	marked  []modeChange  // have setuid, setgid or sticky; with the modes they have
	closed  []string      // directories that their owner cannot empty as they are, parents first
	content []string      // files and directories, parents first, if they are to be synced
}

type modeChange struct {
	name string
	mode fs.FileMode // before
}

// doScan walks the source. What vanishes meanwhile was never there.
func (e *persistEntry) doScan() error {
	if err := e.begin(stepScan); err != nil {
		return err
	}
	if !e.allowWriters {
		e.scan.writers = e.fs.writers(nil)
	}
	return e.scanEntry(e.source, e.info)
}

func (e *persistEntry) scanEntry(name string, info fs.FileInfo) error {
	s := &e.scan
	if slices.ContainsFunc(s.writers, func(w fs.FileInfo) bool { return SameFile(w, info) }) {
		return e.about(name, syscall.EBUSY)
	}
	kind := info.Mode().Type()
	if kind&^(fs.ModeDir|fs.ModeSymlink) != 0 && s.special == "" {
		s.special = name
	}
	if kind != fs.ModeSymlink && info.Mode()&specialBits != 0 && name != e.source {
		s.marked = append(s.marked, modeChange{name, info.Mode() & (fs.ModePerm | specialBits)})
	}
	if e.durable && kind&^fs.ModeDir == 0 {
		s.content = append(s.content, name)
	}
	if kind != fs.ModeDir {
		return nil
	}
	if info.Mode()&0o700 != 0o700 && name != "/" {
		s.closed = append(s.closed, name)
	}
	return e.scanDir(name, info)
}

func (e *persistEntry) scanDir(name string, info fs.FileInfo) error {
	from := virtualSource{e.fs}
	entries, err := from.readDir(name, info)
	if isGone(err) && name != e.source {
		return nil
	}
	if err != nil {
		return e.about(name, err)
	}
	for _, entry := range entries {
		child := childName(name, entry.Name())
		info, err := from.lstat(child, entry)
		if isGone(err) {
			continue
		}
		if err != nil {
			return e.about(child, err)
		}
		if err := e.scanEntry(child, info); err != nil {
			return err
		}
	}
	return nil
}

// isGone reports whether a source says that an entry is not any more, or is another.
func isGone(err error) bool {
	return err == errChanged || errors.As(err, &vanishedError{})
}

// about names the entry, if it is not the one that the error tells anyway.
func (e *persistEntry) about(name string, err error) error {
	if err == errChanged {
		err = ErrReplaced
	}
	if err = causeOf(err); name == e.source {
		return err
	}
	return pathError(opPersist, name, err)
}

// writers are the files, of the Fs that New made and all its views, that are open for writing, but for one.
func (f *Fs) writers(except *file) []fs.FileInfo {
	owner := f
	if f.owner != nil {
		owner = f.owner
	}
	open := owner.files.writers()
	for _, v := range owner.views.list() {
		open = append(open, v.files.writers()...)
	}
	var infos []fs.FileInfo
	for _, w := range open {
		if w == except {
			continue
		}
		if info, errno := w.handle.Stat(); errno == 0 { // else it was closed
			infos = append(infos, info)
		}
	}
	return infos
}

func (l *openFiles) writers() []*file {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sealed {
		return nil
	}
	var all []*file
	for f := l.first; f != nil; f = f.next {
		if f.writes {
			all = append(all, f)
		}
	}
	return all
}

func (l *views) list() []*Fs {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.set))
}
