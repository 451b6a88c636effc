package locate

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

const (
	// maxNames bounds the names tried in one directory; CPython's number.
	maxNames = 100
	nameLen  = 8
	alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_"
)

var payload = []byte("blat") // what CPython writes; four bytes find a full disk

// probeFile is what the probe needs of a file.
type probeFile interface {
	Write(p []byte) (int, error)
	Close() error
}

// system is what the probe asks of the operating system, so that a test can have each step fail.
type system struct {
	// openUnnamed opens a file without a name in dir. fs errors that are errors.ErrUnsupported mean: try a named one.
	openUnnamed func(dir string) (probeFile, error)
	openNew     func(path string) (probeFile, error)
	remove      func(path string) error
	randomName  func() string
}

var realSystem = system{
	openUnnamed: openUnnamed,
	openNew: func(path string) (probeFile, error) {
		return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|openNofollow, 0o600)
	},
	remove:     os.Remove,
	randomName: randomName,
}

func randomName() string {
	var b [nameLen]byte
	for i := range b {
		b[i] = alphabet[rand.IntN(len(alphabet))]
	}
	return string(b[:])
}

// probe proves that files can be made in dir: one is made, written, closed and deleted. A directory alone can often be made
// where no byte can be written.
func probe(dir string, sys system) error {
	f, err := sys.openUnnamed(dir)
	if err == nil {
		// Nameless, it is gone with its descriptor, a killed process leaves nothing.
		return errors.Join(write(f), f.Close())
	}
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return probeNamed(dir, sys)
}

func probeNamed(dir string, sys system) error {
	f, path, err := openFresh(dir, sys)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close(), sys.remove(path))
}

func openFresh(dir string, sys system) (probeFile, string, error) {
	var err error
	for range maxNames {
		path := filepath.Join(dir, sys.randomName())
		var f probeFile
		if f, err = sys.openNew(path); err == nil {
			return f, path, nil
		}
		if !isTaken(err, dir) {
			break
		}
	}
	return nil, "", err
}

// isTaken reports whether another name may do. Windows refuses the name of a directory that is there with "access denied", as
// it does a directory that cannot be written to; the bound ends the doubt.
func isTaken(err error, dir string) bool {
	if errors.Is(err, fs.ErrExist) {
		return true
	}
	if !deniesTakenNames || !errors.Is(err, fs.ErrPermission) {
		return false
	}
	info, failed := os.Stat(dir)
	return failed == nil && info.IsDir()
}

func write(f probeFile) error {
	n, err := f.Write(payload)
	if err == nil && n < len(payload) {
		return io.ErrShortWrite
	}
	return err
}

// unsupported marks an error of openUnnamed after which a named file is worth trying.
type unsupported struct{ error }

func (unsupported) Is(target error) bool { return target == errors.ErrUnsupported }

var errNoExec = &fsError{"the filesystem is mounted noexec", syscall.EACCES}

// fsError is a reason of ours with the errno that stands for it.
type fsError struct {
	text  string
	errno syscall.Errno
}

func (e *fsError) Error() string { return e.text }
func (e *fsError) Unwrap() error { return e.errno }
