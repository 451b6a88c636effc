package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// childHalfway loses openat2 while it works. Its argument is the errno that the call fails with from then on.
const childHalfway = "lose openat2 halfway"

func init() { children[childHalfway] = loseHalfway }

// TestOpenat2IsLostHalfway installs a filter while many goroutines work. No operation may fail for it, and none be lost.
func TestOpenat2IsLostHalfway(t *testing.T) {
	const times = 3 // each catches the goroutines elsewhere
	for _, errno := range []syscall.Errno{unix.EPERM, unix.ENOSYS} {
		t.Run(unix.ErrnoName(errno), func(t *testing.T) {
			if auditArch == 0 {
				t.Skip("no filter for this machine")
			}
			for range times {
				require.NoError(t, runChild(t, childHalfway, strconv.Itoa(int(errno))))
			}
		})
	}
}

const (
	halfwayWorkers = 8
	halfwayRounds  = 20 // of each worker, before and after
)

func loseHalfway(argument string) error {
	errno, err := strconv.Atoi(argument)
	if err != nil {
		return err
	}
	fsys, err := tempfs.New()
	if err != nil {
		return err
	}
	host, err := fsys.RealPath("/")
	if err != nil {
		return err
	}
	err = errors.Join(
		workHalfway(fsys, func() error { return block([]uint32{unix.SYS_OPENAT2}, syscall.Errno(errno)) }),
		tempfs.With(func(late *tempfs.Fs) error {
			w := newHalfwayWorker(late, 0)
			return errors.Join(w.round(0), w.compare())
		}),
		fsys.Release(),
	)
	if _, there := os.Lstat(host); !errors.Is(there, fs.ErrNotExist) {
		err = errors.Join(err, fmt.Errorf("the tree is left: %w", orNone(there)))
	}
	return err
}

// workHalfway lets the workers go on until each has done its rounds before and after the change.
func workHalfway(fsys *tempfs.Fs, change func() error) error {
	var before atomic.Int64
	var changed atomic.Bool
	ready := make(chan struct{})
	return parallel(halfwayWorkers+1, func(i int) error {
		if i == halfwayWorkers {
			<-ready
			runtime.LockOSThread() // what a thread may not do any more, it does not regain
			err := change()
			changed.Store(true)
			return err
		}
		w := newHalfwayWorker(fsys, i)
		var failed error
		for round, after := 0, 0; after < halfwayRounds; round++ {
			if failed == nil { // a worker that has failed lets the others go on
				failed = w.round(round)
			}
			if changed.Load() {
				after++
			} else if before.Add(1) == halfwayWorkers*halfwayRounds {
				close(ready)
			}
		}
		return errors.Join(failed, w.compare())
	})
}

// halfwayWorker works in a directory of its own, with a file that is open all the time, and knows what must be there.
type halfwayWorker struct {
	fsys  *tempfs.Fs
	dir   string
	model map[string]string // content by name
	log   afero.File
	said  string // what was written to log
}

func newHalfwayWorker(fsys *tempfs.Fs, i int) *halfwayWorker {
	return &halfwayWorker{fsys: fsys, dir: fmt.Sprintf("/worker/%d/deep", i), model: map[string]string{}}
}

// round does each operation, and expects of each what the model has.
func (w *halfwayWorker) round(n int) error {
	if n == 0 {
		if err := w.begin(); err != nil {
			return err
		}
	}
	name := func(kind string) string { return path.Join(w.dir, kind+strconv.Itoa(n)) }
	content := name("content")
	w.model[name("file")], w.model[name("renamed")] = content, content
	delete(w.model, name("file"))
	_, logged := w.log.WriteString(content)
	w.said += content
	return errors.Join(
		logged,
		put(w.fsys, name("file"), content),
		w.fsys.Chmod(name("file"), 0o600),
		w.fsys.Chtimes(name("file"), longAgo, longAgo),
		hasTime(w.fsys, name("file"), longAgo),
		w.fsys.Mkdir(name("dir"), 0o755),
		w.fsys.MkdirAll(name("dir")+"/a/b", 0o755),
		w.fsys.SymlinkIfPossible("../"+path.Base(name("file")), name("dir")+"/link"),
		w.fsys.Link(name("file"), name("dir")+"/hard"),
		has(w.fsys, name("dir")+"/link", content),
		has(w.fsys, name("dir")+"/a/b/../../hard", content),
		w.fsys.Rename(name("file"), name("renamed")),
		w.fsys.Remove(name("dir")+"/link"),
		hasNot(w.fsys, name("file")),
		lists(w.fsys, name("dir"), "a", "hard"),
		w.fsys.Truncate(name("dir")+"/hard", int64(len(content))),
		w.fsys.RemoveAll(name("dir")),
		wants(w.fsys.Mkdir(name("renamed"), 0o755), fs.ErrExist),
		has(w.fsys, name("renamed"), content),
	)
}

func (w *halfwayWorker) begin() (err error) {
	if err = w.fsys.MkdirAll(w.dir, 0o755); err == nil {
		w.log, err = w.fsys.OpenFile(path.Join(w.dir, "log"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	}
	return err
}

// compare holds all that is there against the model.
func (w *halfwayWorker) compare() error {
	w.model[path.Join(w.dir, "log")] = w.said
	err := w.log.Close()
	for name, content := range w.model {
		err = errors.Join(err, has(w.fsys, name, content))
	}
	names, failed := readNames(w.fsys, w.dir)
	return errors.Join(err, failed, equal("the number of entries", len(names), len(w.model)))
}
