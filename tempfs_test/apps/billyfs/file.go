package billyfs

import (
	"io/fs"
	"slices"
	"sync"

	"github.com/go-git/go-billy/v5"
	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

// file is an open file. Its name has no "/" in front, as those of billy's own.
type file struct {
	afero.File
	name  string
	locks *locks
}

var _ billy.File = (*file)(nil)

func (f *file) Name() string { return f.name }

// Lock is like flock(2): it waits while another handle of the file has the lock, and ends with the handle. It binds those who came by the same ToBilly, for nobody else is in an Fs of this process.
func (f *file) Lock() error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	f.locks.lock(f, info)
	return nil
}

func (f *file) Unlock() error {
	f.locks.unlock(f)
	return nil
}

func (f *file) Close() error {
	f.locks.unlock(f)
	return f.File.Close()
}

// locks are the handles that hold the lock of their file.
type locks struct {
	mu    sync.Mutex
	freed *sync.Cond // signals changes of held; its lock is mu
	held  []held     // guarded by mu
}

type held struct {
	by   *file
	info fs.FileInfo // tells which file it is, whatever its name has become
}

func newLocks() *locks {
	l := &locks{}
	l.freed = sync.NewCond(&l.mu)
	return l
}

// lock is done at once for a handle that has the lock.
func (l *locks) lock(by *file, info fs.FileInfo) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for slices.ContainsFunc(l.held, func(h held) bool { return h.by != by && tempfs.SameFile(h.info, info) }) {
		l.freed.Wait()
	}
	if !slices.ContainsFunc(l.held, func(h held) bool { return h.by == by }) {
		l.held = append(l.held, held{by, info})
	}
}

func (l *locks) unlock(by *file) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = slices.DeleteFunc(l.held, func(h held) bool { return h.by == by })
	l.freed.Broadcast()
}
