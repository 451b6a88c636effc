package disk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// What is told of: a tree was made, another name had to be taken, an orphan was swept, something is as it must not be.
const (
	toldTree      = "tree"
	toldLost      = "lost"
	toldSwept     = "swept"
	toldViolation = "violation"
)

// stormTell is one write, which comes through whole or not at all (pipe(7)).
func stormTell(what, detail string) {
	line := what + " " + strings.ReplaceAll(fmt.Sprintf("%.500s", detail), "\n", " ") + "\n"
	if _, err := unix.Write(3, []byte(line)); err != nil {
		panic(err)
	}
}

// The kinds of processes in a storm.
const (
	stormCreates           = "creates"
	stormCreatesSlowly     = "creates slowly"
	stormCreatesUnderUmask = "creates under umask 0777"
	stormCreatesAndWaits   = "creates and waits for the lock"
	stormSweeps            = "sweeps"
	stormSweepsSlowly      = "sweeps slowly"
	stormSweepsOnce        = "sweeps once"
)

func init() {
	children[stormCreates] = func(dir string) error { return createOnAndOn(dir, createTree) }
	children[stormCreatesSlowly] = func(dir string) error { widen(); return createOnAndOn(dir, createTree) }
	children[stormCreatesUnderUmask] = func(dir string) error {
		return createOnAndOn(dir, func(dir string) (string, func() error, error) {
			defer unix.Umask(unix.Umask(0o777))
			return createTree(dir)
		})
	}
	children[stormCreatesAndWaits] = func(dir string) error { widen(); return createOnAndOn(dir, createAndWait) }
	children[stormSweeps] = sweepOnAndOn
	children[stormSweepsSlowly] = func(dir string) error { widen(); return sweepOnAndOn(dir) }
	children[stormSweepsOnce] = sweepStormOnce
}

// createOnAndOn makes trees, lives in them, and releases most of them, until it is killed.
func createOnAndOn(dir string, create func(dir string) (tree string, release func() error, err error)) error {
	fmt.Println("at work")
	for {
		tree, release, err := create(dir)
		if errors.Is(err, errLost) {
			stormTell(toldLost, "")
			continue
		}
		if err != nil {
			stormTell(toldViolation, err.Error())
			continue
		}
		stormTell(toldTree, "")
		if err := inhabit(tree); err != nil {
			stormTell(toldViolation, err.Error())
		}
		if err := release(); err != nil {
			stormTell(toldViolation, err.Error())
		}
	}
}

// widen gives others time between the steps.
func widen() { between = func() { time.Sleep(rand.N(time.Millisecond)) } }

func stormName() string { return fmt.Sprintf("storm-%016x", rand.Uint64()) }

func createTree(dir string) (string, func() error, error) {
	names := 0
	tree, err := Make(dir, 10000, func(bool) string {
		if names++; names > 1 {
			stormTell(toldLost, "")
		}
		return stormName()
	})
	if err != nil {
		return "", nil, err
	}
	return tree.Dir(), func() error {
		if rand.N(64) == 0 {
			tree.Close() // an orphan
			return nil
		}
		return tree.Release(context.Background(), nil)
	}, nil
}

var errLost = errors.New("a sweeper was faster")

// createAndWait waits for the lock, as lockf and flock(1) do, and takes for its own what it got the lock on.
func createAndWait(dir string) (string, func() error, error) {
	tree := filepath.Join(dir, stormName())
	if err := os.Mkdir(tree, 0o700); err != nil {
		return "", nil, err
	}
	between()
	fd, err := unix.Open(tree, directoryFlagsToRead, 0)
	if err != nil {
		return "", nil, errLost
	}
	between()
	if err := flock(fd, unix.LOCK_SH); err != nil {
		return "", nil, err
	}
	return tree, func() error { return errors.Join(os.RemoveAll(tree), unix.Close(fd)) }, nil
}

// inhabit lives in a tree by its path and looks that nobody else does.
func inhabit(tree string) error {
	born, err := os.Lstat(tree)
	if err != nil {
		return err
	}
	sub := filepath.Join(tree, "d")
	if err = os.Mkdir(sub, 0o700); err != nil {
		return err
	}
	for i := range 4 {
		file := filepath.Join(sub, fmt.Sprint("f", i))
		if err = os.WriteFile(file, []byte(tree), 0o600); err != nil {
			return err
		}
		var content []byte
		if content, err = os.ReadFile(file); err != nil || string(content) != tree {
			return fmt.Errorf("%s has %q: %w", file, content, err)
		}
		var now os.FileInfo
		if now, err = os.Lstat(tree); err != nil || !os.SameFile(born, now) {
			return fmt.Errorf("%s is another one: %w", tree, err)
		}
	}
	entries, err := os.ReadDir(sub)
	if err == nil && len(entries) != 4 {
		err = fmt.Errorf("%s has %d files", sub, len(entries))
	}
	return err
}

func sweepOnAndOn(dir string) error {
	fmt.Println("at work")
	for {
		sweepStorm(dir)
		time.Sleep(rand.N(8 * time.Millisecond)) // or no creator would get on
	}
}

func sweepStorm(dir string) {
	o := Orphans{Dir: dir, IsName: func(name []byte) bool { return strings.HasPrefix(string(name), "storm-") }}
	s, err := o.Sweep(context.Background())
	if err != nil {
		stormTell(toldViolation, err.Error())
	}
	for _, f := range s.Failed {
		stormTell(toldViolation, f.Err.Error())
	}
	for range s.Removed {
		stormTell(toldSwept, "")
	}
}

// sweepStormOnce sweeps when all is over: what is left is told of by who looks.
func sweepStormOnce(dir string) error {
	o := Orphans{Dir: dir, IsName: func([]byte) bool { return true }}
	s, err := o.Sweep(context.Background())
	for _, f := range s.Failed {
		err = errors.Join(err, f.Err)
	}
	return err
}
