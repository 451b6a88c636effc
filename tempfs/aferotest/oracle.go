package aferotest

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/afero"
)

// ErrNoOracle says that package os cannot be asked here: the system is not Linux, or the process may not chroot.
var ErrNoOracle = errors.New("aferotest: no chroot, so no oracle")

// Oracle is package os as an [afero.Fs], as it behaves in a process whose root and working directory are a fresh
// directory. One thread of the process is in a chroot and does all the work.
type Oracle struct {
	calls chan func()
	dir   string // on the host
}

var _ afero.Symlinker = (*Oracle)(nil)

// NewOracle makes the directory. It is [ErrNoOracle] where that is not possible. [Oracle.Close] removes it.
func NewOracle() (*Oracle, error) { return newOracle(func() error { return nil }) }

// NewOracleFor is NewOracle whose work is done as the user uid in the group gid and no other, which the process must be privileged
// to become. The rest of the process stays who it is.
func NewOracleFor(uid, gid int) (*Oracle, error) {
	return newOracle(func() error { return become(uid, gid) })
}

func newOracle(prepare func() error) (*Oracle, error) {
	dir, err := os.MkdirTemp("", "oracle")
	if err != nil {
		return nil, err
	}
	o := &Oracle{calls: make(chan func()), dir: dir}
	entered := make(chan error)
	go onOwnThread(func() { o.serve(prepare, entered) })
	if err := <-entered; err != nil {
		return nil, errors.Join(err, os.Remove(dir))
	}
	return o, nil
}

// serve runs the calls on a thread that is in the chroot and dies with this goroutine.
func (o *Oracle) serve(prepare func() error, entered chan<- error) {
	err := enterRoot(o.dir)
	if err == nil {
		err = prepare()
	}
	entered <- err
	if err != nil {
		return
	}
	for call := range o.calls {
		call()
	}
}

// do runs fn in the chroot.
func (o *Oracle) do(fn func()) {
	done := make(chan struct{})
	o.calls <- func() {
		defer close(done)
		fn()
	}
	<-done
}

// Close removes the directory and all that is in it. The Oracle is of no use any more.
func (o *Oracle) Close() error {
	close(o.calls)
	return os.RemoveAll(o.dir)
}

// Name returns "package os".
func (o *Oracle) Name() string { return "package os" }

// get runs a function of one result, and value one of a value and an error.
func (o *Oracle) get(fn func() error) (err error) {
	o.do(func() { err = fn() })
	return err
}

func value[T any](o *Oracle, fn func() (T, error)) (v T, err error) {
	o.do(func() { v, err = fn() })
	return v, err
}

// Create mirrors os.Create.
func (o *Oracle) Create(name string) (afero.File, error) {
	return o.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

// Open mirrors os.Open.
func (o *Oracle) Open(name string) (afero.File, error) { return o.OpenFile(name, os.O_RDONLY, 0) }

// OpenFile mirrors os.OpenFile.
func (o *Oracle) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	f, err := value(o, func() (*os.File, error) { return os.OpenFile(name, flag, perm) })
	if err != nil {
		return nil, err
	}
	return &oracleFile{f, o}, nil
}

// Mkdir mirrors os.Mkdir.
func (o *Oracle) Mkdir(name string, perm fs.FileMode) error {
	return o.get(func() error { return os.Mkdir(name, perm) })
}

// MkdirAll mirrors os.MkdirAll.
func (o *Oracle) MkdirAll(name string, perm fs.FileMode) error {
	return o.get(func() error { return os.MkdirAll(name, perm) })
}

// Remove mirrors os.Remove.
func (o *Oracle) Remove(name string) error { return o.get(func() error { return os.Remove(name) }) }

// RemoveAll mirrors os.RemoveAll.
func (o *Oracle) RemoveAll(name string) error {
	return o.get(func() error { return os.RemoveAll(name) })
}

// Rename mirrors os.Rename.
func (o *Oracle) Rename(oldname, newname string) error {
	return o.get(func() error { return os.Rename(oldname, newname) })
}

// Link mirrors os.Link.
func (o *Oracle) Link(oldname, newname string) error {
	return o.get(func() error { return os.Link(oldname, newname) })
}

// SymlinkIfPossible mirrors os.Symlink.
func (o *Oracle) SymlinkIfPossible(oldname, newname string) error {
	return o.get(func() error { return os.Symlink(oldname, newname) })
}

// ReadlinkIfPossible mirrors os.Readlink.
func (o *Oracle) ReadlinkIfPossible(name string) (string, error) {
	return value(o, func() (string, error) { return os.Readlink(name) })
}

// Stat mirrors os.Stat.
func (o *Oracle) Stat(name string) (fs.FileInfo, error) {
	return value(o, func() (fs.FileInfo, error) { return os.Stat(name) })
}

// LstatIfPossible mirrors os.Lstat.
func (o *Oracle) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := value(o, func() (fs.FileInfo, error) { return os.Lstat(name) })
	return info, true, err
}

// Chmod mirrors os.Chmod.
func (o *Oracle) Chmod(name string, mode fs.FileMode) error {
	return o.get(func() error { return os.Chmod(name, mode) })
}

// Chown mirrors os.Chown.
func (o *Oracle) Chown(name string, uid, gid int) error {
	return o.get(func() error { return os.Chown(name, uid, gid) })
}

// Lchown mirrors os.Lchown.
func (o *Oracle) Lchown(name string, uid, gid int) error {
	return o.get(func() error { return os.Lchown(name, uid, gid) })
}

// Chtimes mirrors os.Chtimes.
func (o *Oracle) Chtimes(name string, atime, mtime time.Time) error {
	return o.get(func() error { return os.Chtimes(name, atime, mtime) })
}

// Truncate mirrors os.Truncate.
func (o *Oracle) Truncate(name string, size int64) error {
	return o.get(func() error { return os.Truncate(name, size) })
}
