package peers

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

// contender is one of those that are measured beside each other.
type contender struct {
	name string
	// open makes an empty one. What it returns is removed by close.
	open func() (place, error)
	// peer is somebody else's: the best of these is what ours are measured against.
	peer bool
	// cannot are the abilities that it lacks, and why.
	cannot map[ability]string
	faults []fault
}

// place is an empty filesystem. Names that begin with prefix are below its root.
type place struct {
	system
	prefix string
	close  func() error
}

// fault is something that a contender does otherwise than package os, while it does what the rows want.
type fault struct {
	says  string
	shown func(w *workplace) (bool, error) // still there
}

// lacks is the reason why a contender cannot do a row, or "".
func (c contender) lacks(r row) string {
	for _, a := range r.needs {
		if reason := c.cannot[a]; reason != "" {
			return reason
		}
	}
	return ""
}

// contenders are all, the peers first. Where there is a race detector pebble changes the bytes that it is given to write.
func contenders() []contender {
	return slices.DeleteFunc(slices.Concat(peers(), ours()), func(c contender) bool { return raceDetector && c.name == "pebble" })
}

func peers() []contender {
	return []contender{
		{
			name: "MemMapFs", peer: true, open: inMemory("/", func() system { return aferoSystem{afero.NewMemMapFs()} }),
			faults: []fault{appendsWhereItOpened, inventsParents},
		},
		{
			name: "billy", peer: true, open: inMemory("/", newBilly),
			cannot: map[ability]string{
				creatingInParallel: "its maps have no lock",
				removingInParallel: "its maps have no lock",
			},
			faults: []fault{appendsWhereItOpened, inventsParents, timesAreNow, renameTakesSiblings},
		},
		{
			name: "memoryfs", peer: true, open: inMemory("", newMemoryFS),
			cannot: map[ability]string{
				appending:          "it cannot append",
				updating:           "it reads and writes from the beginning alone",
				renaming:           "it cannot rename",
				removingInParallel: "it removes without a lock",
			},
			faults: []fault{sizesAreOfCreation},
		},
		{
			name: "pebble", peer: true, open: inMemory("", newPebble),
			cannot: map[ability]string{appending: "it cannot append"},
			faults: []fault{hasNoModes, listsWithoutOrder},
		},
		{name: "avfs", peer: true, open: inMemory("/", newAvfs), faults: []fault{appendsWhereItOpened}},
		{name: "hackpadfs", peer: true, open: inMemory("", newHackpad), faults: []fault{infoIsLive}},
		{name: "tmpfs", peer: true, open: onHost(onTmpfs()...), cannot: ofTheKernel},
	}
}

// ofTheKernel is what a contender lacks whose files are no memory of this process.
var ofTheKernel = map[ability]string{inHeap: "the kernel has its files"}

// inMemory is of a filesystem that its garbage collection ends.
func inMemory(prefix string, make func() system) func() (place, error) {
	return func() (place, error) {
		return place{make(), prefix, func() error { return nil }}, nil
	}
}

// onHost is package os in a directory that an Fs on disk has made, and removes.
func onHost(opts ...tempfs.Option) func() (place, error) {
	return func() (place, error) {
		fsys, err := tempfs.New(opts...)
		if err != nil {
			return place{}, err
		}
		root, err := fsys.RealPath("/")
		if err != nil {
			return place{}, errors.Join(err, fsys.Release())
		}
		return place{aferoSystem{afero.NewOsFs()}, root + "/", fsys.Release}, nil
	}
}

// sharedMemory is where Linux mounts a tmpfs.
const sharedMemory = "/dev/shm"

// onTmpfs has an Fs in memory of the kernel, if that can be.
func onTmpfs() []tempfs.Option {
	if info, err := os.Stat(sharedMemory); err != nil || info.Mode().Type() != fs.ModeDir {
		return nil
	}
	return []tempfs.Option{tempfs.In(sharedMemory)}
}
