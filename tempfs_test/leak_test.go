package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aferotemp/go/locate"
)

// runWithoutLeaks runs all tests in a temp directory of their own and returns the exit code. What they leave there, goroutines and
// descriptors that outlive them, fail the run.
func runWithoutLeaks(m *testing.M) (code int) {
	restore, err := privateTemp()
	if err != nil {
		fmt.Fprintln(os.Stderr, "no temp directory for the tests:", err)
		return 1
	}
	before := held()
	code = m.Run()
	if leaked := before.leaked(); leaked != nil {
		fmt.Fprintln(os.Stderr, "left by the tests:", leaked)
		code = max(code, 1)
	}
	if err := restore(); err != nil {
		fmt.Fprintln(os.Stderr, "left by the tests:", err)
		code = max(code, 1)
	}
	return code
}

// privateTemp makes a directory that os.TempDir and package locate find first. Other packages are tested at the same time, and what they have
// in the common one is no leak of ours. restore fails when something is left in it.
func privateTemp() (restore func() error, err error) {
	dir, err := os.MkdirTemp("", "tempfs_test")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"TMPDIR", "TEMP", "TMP"} {
		if err := os.Setenv(name, dir); err != nil {
			return nil, err
		}
	}
	locate.Reset()
	return func() error {
		entries, err := os.ReadDir(dir)
		for _, e := range entries {
			err = errors.Join(err, errors.New(filepath.Join(dir, e.Name())))
		}
		return errors.Join(err, os.RemoveAll(dir))
	}, nil
}

// holding is what a process holds.
type holding struct {
	goroutines  int
	descriptors map[string]string // number to what it is; empty where the OS does not tell
}

func held() holding {
	return holding{runtime.NumGoroutine(), descriptors()}
}

// descriptors lists the open descriptors of the process where there is a /proc/self/fd.
func descriptors() map[string]string {
	const dir = "/proc/self/fd"
	open := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return open
	}
	for _, e := range entries {
		// The one of ReadDir itself is closed by now.
		if target, err := os.Readlink(dir + "/" + e.Name()); err == nil {
			open[e.Name()] = target
		}
	}
	return open
}

// leaked compares what is held now. A goroutine that was told to end needs a moment, and a dropped file the
// garbage collector: both are given a while.
func (before holding) leaked() error {
	deadline := time.Now().Add(5 * time.Second)
	for {
		runtime.GC()
		err := before.compare(held())
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (before holding) compare(now holding) error {
	var errs []error
	for number, target := range now.descriptors {
		// The runtime's poller and its like, made when first needed and kept.
		if before.descriptors[number] == "" && !strings.HasPrefix(target, "anon_inode:") {
			errs = append(errs, fmt.Errorf("descriptor %s: %s", number, target))
		}
	}
	if now.goroutines > before.goroutines {
		stacks := make([]byte, 1<<16)
		stacks = stacks[:runtime.Stack(stacks, true)]
		errs = append(errs, fmt.Errorf("%d goroutines instead of %d:\n%s", now.goroutines, before.goroutines, stacks))
	}
	return errors.Join(errs...)
}
