package tempfs

import (
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/internal/disk"
)

// Persist moves the file, directory or symbolic link name out of the Fs to hostPath, in one step: whoever looks there finds the old or
// the new, whole, at every instant, and after a crash of the process. hostPath is taken from the working directory if it is relative; its
// parent must exist. What has that name is replaced, a symbolic link itself and not what it leads to; [NoReplace] refuses that. A directory
// replaces a directory, its content included, and nothing else does; where the system cannot let two directories change places one that has entries is ENOTEMPTY.
//
// Within a filesystem it is a rename. From memory, to another filesystem, for "/", of which the Fs keeps the empty directory, and where rename(2) refuses a
// directory that its user may not write, it is a copy beside hostPath, with links, holes, times and as far as possible owners, that gets the name when it is complete;
// then the source is removed. [SameFilesystem] refuses the copy. It needs the right to read everything, and may miss what is written in the Fs meanwhile. A process that is killed may leave it
// under a name that begins with ".", the last element of hostPath and ".tmp-": nothing removes that, since it may be of a process that is not yet done.
//
// Modes are kept, but that of "/" is 0777 before umask, and setuid, setgid and sticky are taken from everything; [Mode] sets the mode.
// The Fs and its Subs must not have a file open for writing below name: EBUSY, unless [AllowWriters] is given. Links in a tree are kept as they are, also those that lead out of it.
//
// It fails with a *[PersistError], and as long as that does not say Published nothing has changed. Causes are by [errors.Is] those of
// rename(2) and open(2): fs.ErrNotExist, EISDIR and ENOTDIR for one kind over another, EBUSY for a name that ends in "." or ".."; EINVAL for such a hostPath and
// for a directory into itself; EOPNOTSUPP for a FIFO, a socket or a device that would have to be copied; ENOSPC; [ErrReplaced] if somebody took the
// place of the source or of the published file meanwhile; [ErrNotDurable].
//
// Any number of goroutines may call it, also for one hostPath: the last one wins, and another may say ErrReplaced.
func (f *Fs) Persist(name, hostPath string, opts ...PersistOption) error {
	e := persistEntry{persist: newPersist(name, hostPath, opts), fs: f.unhooked()}
	e.hook = f.hook()
	return e.finish(e.run())
}

// persist is a call of Persist or of PersistFile.
type persist struct {
	persistConfig
	name, hostPath string
	hook           Hook   // nil: none
	step           string // under way
	target         *disk.Target
	result         PersistResult
}

func newPersist(name, hostPath string, opts []PersistOption) *persist {
	return &persist{persistConfig: newPersistConfig(opts), name: name, hostPath: hostPath, step: stepLook}
}

// finish shapes the error.
func (p *persist) finish(err error) error {
	if p.target != nil {
		p.target.Close()
	}
	if p.into != nil {
		*p.into = p.result
	}
	if err == nil {
		return nil
	}
	return &PersistError{Name: p.name, HostPath: p.hostPath, Step: p.step, Err: refusedBy(err), Published: p.result.Published}
}

// ask asks the hook of the Fs about the whole.
func (p *persist) ask() error {
	return p.hook.check(Op{Kind: OpPersist, Name: p.name, NewName: p.hostPath})
}

// begin is called before each step.
func (p *persist) begin(step string) error {
	p.step = step
	if p.onStep == nil {
		return nil
	}
	return p.onStep(step)
}

// do is a step of one call.
func (p *persist) do(step string, call func() syscall.Errno) error {
	if err := p.begin(step); err != nil {
		return err
	}
	return errorOf(call())
}

// open finds the directory of hostPath and refuses what rename(2) would refuse, before anything is changed.
func (p *persist) open(isDir bool) error {
	return p.do(stepOpen, func() (errno syscall.Errno) {
		p.target, errno = disk.OpenTarget(p.hostPath)
		switch {
		case errno != 0:
			return errno
		case p.target.IsForDirectory() && !isDir:
			return syscall.ENOTDIR
		}
		there, errno := p.target.Lstat()
		switch {
		case errno == syscall.ENOENT:
			return 0
		case errno != 0:
			return errno
		case p.noReplace:
			return syscall.EEXIST
		case there.IsDir() && !isDir:
			return syscall.EISDIR
		case !there.IsDir() && isDir:
			return syscall.ENOTDIR
		}
		return 0
	})
}

// modeFor is the mode that what has that info gets. isPrivate: its own was nobody's wish.
func (p *persist) modeFor(info fs.FileInfo, isPrivate bool) fs.FileMode {
	switch {
	case p.hasMode:
		return p.mode
	case isPrivate:
		return defaultMode(info.Mode().Type(), memfallback.Umask()).Perm()
	}
	return info.Mode().Perm()
}

// sync writes an open file or directory to the disk, as a step within that of before.
func (p *persist) sync(h handle) error {
	before := p.step
	if err := p.do(stepSync, h.Sync); err != nil {
		return err
	}
	p.step = before
	return nil
}

// tidy removes what is not wanted any more once the new is published, and reports whether it could. The step stays that of the error.
func (p *persist) tidy(remove func() syscall.Errno) bool {
	before := p.step
	err := p.do(stepRemove, remove)
	p.step = before
	return err == nil
}

// settle is for what has just been published, which want tells.
func (p *persist) settle(want fs.FileInfo) error {
	p.result.Published = true
	if err := p.begin(stepCheck); err != nil {
		return err
	}
	if there, errno := p.target.Lstat(); errno != 0 || !SameFile(there, want) {
		return ErrReplaced
	}
	if !p.durable {
		return nil
	}
	if err := p.do(stepSyncDirectory, p.target.Sync); err != nil {
		return fmt.Errorf("%w: %w", ErrNotDurable, err)
	}
	return nil
}

// persistEntry is a call of Persist.
type persistEntry struct {
	*persist
	fs     *Fs
	source string // name without the separators at its end, or "/"
	isRoot bool
	info   fs.FileInfo
	scan   scan
}

func (e *persistEntry) run() error {
	if !e.fs.enter() {
		return fs.ErrClosed
	}
	defer e.fs.leave()
	if err := e.look(); err != nil {
		return err
	}
	if err := e.open(e.info.IsDir()); err != nil {
		return err
	}
	defer e.endScan()
	if err := e.doScan(); err != nil {
		return err
	}
	if tree, ok := e.fs.tree.(*disk.Tree); ok && !e.isRoot {
		if across, err := e.move(tree); !across {
			return err
		}
	}
	return e.copy()
}

// look finds the source. Its name is not followed.
func (e *persistEntry) look() error {
	if err := e.begin(stepLook); err != nil {
		return err
	}
	if err := e.check(); err != nil {
		return err
	}
	if err := e.ask(); err != nil {
		return err
	}
	e.source = strings.TrimRightFunc(e.name, isSeparator)
	isDots, errno := false, syscall.Errno(0)
	switch {
	case e.name == "":
		return syscall.ENOENT
	case e.source == "":
		e.isRoot = true
	case isDotName(e.source):
		isDots = true
		e.isRoot, errno = e.isRootDir(e.source)
	}
	switch {
	case errno != 0:
		return errno
	case e.isRoot:
		e.source = "/"
	case isDots:
		return syscall.EBUSY
	}
	e.info, errno = e.fs.backend.Lstat(e.source)
	if errno == 0 && e.source != e.name && !e.isRoot && !e.info.IsDir() {
		errno = syscall.ENOTDIR
	}
	return errorOf(errno)
}

func (e *persistEntry) isRootDir(name string) (bool, syscall.Errno) {
	info, errno := e.fs.backend.Lstat(name)
	if errno != 0 {
		return false, errno
	}
	root, errno := e.fs.backend.Lstat("/")
	return errno == 0 && SameFile(info, root), errno
}

// isDotName reports whether the last component of name is "." or "..".
func isDotName(name string) bool {
	last := name[strings.LastIndexFunc(name, isSeparator)+1:]
	return last == "." || last == ".."
}
