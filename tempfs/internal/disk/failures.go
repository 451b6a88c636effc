package disk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
)

var (
	// ErrReplaced says that something else stands where the root directory, or another file, was.
	ErrReplaced = errors.New("another file has taken the name")
	// ErrMoved says that the root directory stands somewhere else by now.
	ErrMoved = errors.New("the directory was moved away")
)

// Failures says what a removal could not remove. A directory that stays only because of what is left in it does not count.
type Failures struct {
	Count int       // of all
	First []Failure // maxFailures at most
	Ended error     // of the context that ended the removal; or nil

	Entries, Dirs int64 // that were removed
}

// Failure is one of them.
type Failure struct {
	Op   string
	Path string // from the root of the tree, "/" for that
	Err  error
}

const (
	maxFailures = 16
	maxFailPath = pathMax
)

// Error names the first.
func (f *Failures) Error() string {
	if f.Count == 0 {
		return f.Ended.Error()
	}
	return fmt.Sprintf("%s %s: %v (of %d)", f.First[0].Op, f.First[0].Path, f.First[0].Err, f.Count)
}

// Unwrap is for errors.Is.
func (f *Failures) Unwrap() []error {
	errs := []error{}
	if f.Ended != nil {
		errs = append(errs, f.Ended)
	}
	for _, one := range f.First {
		errs = append(errs, one.Err)
	}
	return errs
}

// failureList collects failures from any number of goroutines.
type failureList struct {
	mu    sync.Mutex
	count int       // guarded by mu
	first []Failure // guarded by mu
}

// add takes path as a function: it is built only for those that are told.
func (l *failureList) add(path func() string, errno syscall.Errno) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	if len(l.first) < maxFailures {
		l.first = append(l.first, Failure{"unlinkat", path(), errno})
	}
}

func (l *failureList) any() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count > 0
}

func (l *failureList) all() []Failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first
}

// addRoot adds one about the root directory, which is told before the others.
func (l *failureList) addRoot(op string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	l.first = slices.Insert(l.first, 0, Failure{op, "/", err})
	l.first = l.first[:min(len(l.first), maxFailures)]
}

// err is nil if there are none and ended is nil.
func (l *failureList) err(ended error, p *progress) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count == 0 && ended == nil {
		return nil
	}
	return &Failures{l.count, l.first, ended, p.entries.Load(), p.dirs.Load()}
}

// shortened cuts what no system call takes anyway from the front of a path.
func shortened(path string) string {
	if len(path) <= maxFailPath {
		return path
	}
	cut := path[len(path)-maxFailPath:]
	return "..." + cut[strings.IndexByte(cut, '/'):]
}
