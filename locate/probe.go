package locate

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

const (
	maxNames = 100 // the names tried in one directory; CPython's number
	nameLen  = 8   // 37^8 = 3.5e12 names
	alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_"
)

var payload = []byte("blat") // what CPython writes; four bytes find a full disk

// probeFile is what the probe needs of a file.
type probeFile interface {
	Write(p []byte) (int, error)
	Close() error
}

// system is what the search asks of the operating system, so that a test can have each step fail.
type system struct {
	// openUnnamed opens a file without a name in dir. errors.ErrUnsupported means: try a named one.
	openUnnamed func(dir string) (probeFile, error)
	openNew     func(path string) (probeFile, error)
	remove      func(path string) error
	randomName  func() string

	// isTaken reports whether openNew failed with err because of the name, so that another one may do in dir.
	isTaken func(err error, dir string) bool

	// inspect gives errors.ErrUnsupported where nobody knows.
	inspect func(dir string) (facts, error)
}

var realSystem = system{
	openUnnamed: openUnnamed,
	openNew: func(path string) (probeFile, error) { // package os adds O_CLOEXEC
		return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|openNofollow, 0o600)
	},
	remove:     remove,
	randomName: randomName,
	isTaken:    isTaken,
	inspect:    inspect,
}

// randomName draws from the generator of math/rand/v2, a ChaCha8 seeded by the kernel: nobody can foretell a name, and no child
// process inherits the state.
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
	switch {
	case err == nil:
		return fill(f) // Nameless, it is gone with its descriptor: a killed process leaves nothing.
	case errors.Is(err, errors.ErrUnsupported):
		return probeNamed(dir, sys)
	}
	return step("open", err)
}

// probeNamed deletes the file whether it could be filled or not. It is closed by then: Windows deletes no open file.
func probeNamed(dir string, sys system) error {
	f, path, err := openFresh(dir, sys)
	if err != nil {
		return step("open", err)
	}
	err = fill(f)
	left := step("unlink", sys.remove(path))
	switch {
	case left == nil:
		return err
	case err == nil:
		return fmt.Errorf("%w, %s is left", left, path)
	}
	return fmt.Errorf("%w, and %w, %s is left", err, left, path)
}

func openFresh(dir string, sys system) (probeFile, string, error) {
	var err error
	for range maxNames {
		path := filepath.Join(dir, sys.randomName())
		var f probeFile
		if f, err = sys.openNew(path); err == nil {
			return f, path, nil
		}
		if !sys.isTaken(err, dir) {
			break
		}
	}
	return nil, "", err
}

// fill writes to f and closes it, whatever the write says. Close is a step like the others: NFS may tell of a full disk there.
func fill(f probeFile) error {
	n, err := f.Write(payload)
	if err == nil && n != len(payload) {
		err = io.ErrShortWrite
	}
	closed := f.Close()
	if err != nil {
		return step("write", err)
	}
	return step("close", closed)
}
