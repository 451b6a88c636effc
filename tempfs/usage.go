package tempfs

import (
	"io/fs"
	"os"
)

// Usage is what an Fs holds.
type Usage struct {
	// Bytes and Files are counted as [Limits] are.
	Bytes, Files int64
	// OpenFiles are the files and directories that are open, by the Fs and its Subs.
	OpenFiles int64
}

// Usage tells what the Fs holds, a [Fs.Sub] what its Fs does. One with [WithLimits] knows, at every instant and at no cost. Without it all names are looked at: what
// changes meanwhile is counted or not, and what the process may not read is not. After the release it is zero.
func (f *Fs) Usage() Usage {
	if f.owner != nil {
		return f.owner.Usage()
	}
	if !f.enter() {
		return Usage{}
	}
	defer f.leave()
	t := tally{counted: map[inode]bool{}}
	t.OpenFiles = f.files.count()
	for _, v := range f.views.list() {
		t.OpenFiles += v.files.count()
	}
	if f.quota != nil {
		t.Bytes, t.Files = f.quota.used()
		return t.Usage
	}
	t.addEntries(f, "/")
	for _, file := range f.openFiles() {
		info, errno := file.handle.Stat()
		if errno != 0 {
			continue
		}
		if node, ok := namelessInode(info); ok && !t.counted[node] {
			t.counted[node] = true
			t.add(info)
		}
	}
	return t.Usage
}

// openFiles are those of f and of its views.
func (f *Fs) openFiles() []*file {
	open := f.files.all()
	for _, v := range f.views.list() {
		open = append(open, v.files.all()...)
	}
	return open
}

// tally counts by looking.
type tally struct {
	Usage
	counted map[inode]bool // that may come again, by another name or handle
}

func (t *tally) add(info fs.FileInfo) {
	t.Files++
	if info.Mode().IsRegular() || info.Mode().Type() == fs.ModeSymlink {
		t.Bytes += info.Size()
	}
}

// addEntries counts what is in a directory and below. Names of any depth cannot be said: a long one becomes a root.
func (t *tally) addEntries(f *Fs, dir string) {
	if len(dir) >= longName {
		sub, err := f.Sub(dir)
		if err != nil {
			return
		}
		defer func() { _ = sub.Release() }()
		f, dir = sub, "/"
	}
	h, errno := f.backend.OpenFile(dir, os.O_RDONLY, 0)
	if errno != 0 {
		return
	}
	entries, _ := h.ReadDir(-1)
	_ = h.Close()
	for _, entry := range entries {
		name := childName(dir, entry.Name())
		info, errno := f.backend.Lstat(name)
		if errno != 0 {
			continue
		}
		if info.IsDir() {
			t.add(info)
			t.addEntries(f, name)
			continue
		}
		node, isLinked := inodeOf(info)
		if isLinked && t.counted[node] {
			continue
		}
		if isLinked {
			t.counted[node] = true
		}
		t.add(info)
	}
}
