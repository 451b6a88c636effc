package peers

import (
	"io"
	"io/fs"
)

// system is what the rows ask of a filesystem. Each contender has an adapter from its own calls to these: one that adds no allocation and no lock, so
// that it is not the adapter that is measured.
type system interface {
	// Create makes a file, or empties one, that is opened for writing.
	Create(name string) (io.WriteCloser, error)
	// Open opens a file for reading.
	Open(name string) (io.ReadCloser, error)
	// Append opens a file so that each write goes to its end, as O_APPEND has it.
	Append(name string) (io.WriteCloser, error)
	// Update opens a file for reading and writing at any offset.
	Update(name string) (updater, error)
	Stat(name string) (fs.FileInfo, error)
	List(dir string) (listing, error)
	Mkdir(name string) error
	Remove(name string) error
	RemoveAll(name string) error
	Rename(oldname, newname string) error
}

// putter is a system that makes a file with its content in one call, and has no better way.
type putter interface {
	Put(name string, content []byte) error
}

type updater interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// listing is what a directory lists, with infos, in the form in which the contender tells it: one of the two.
type listing struct {
	infos   []fs.FileInfo
	entries []fs.DirEntry // which have their infos
}

func (l listing) len() int { return len(l.infos) + len(l.entries) }

// all are the names, in order as they were told.
func (l listing) all() (names []string) {
	for _, info := range l.infos {
		names = append(names, info.Name())
	}
	for _, entry := range l.entries {
		names = append(names, entry.Name())
	}
	return names
}

// modes of what the contenders make. Some have no modes.
const (
	fileMode = 0o644
	dirMode  = 0o755
)

// ability is what not every contender has, and some rows need.
type ability int

const (
	appending          ability = iota // O_APPEND
	updating                          // reading and writing at an offset
	renaming                          // files and directories
	creatingInParallel                // by many goroutines, in shared directories
	removingInParallel                // the same
	inHeap                            // its files are in the heap, and can be counted there
)
