//go:build unix

package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// shape is a kind of tree that is removed and measured. build makes it below a directory of the host; n says how large.
type shape struct {
	name  string
	n     int // of the size that is measured
	build func(dir string, n int) error
	// entries and directories are what build makes.
	entries, directories func(n int) int
}

// shapes are those of the table of removals.
func shapes() []shape {
	return []shape{
		{"fixture", 1, buildFixture, func(int) int { return 15 }, func(int) int { return 3 }},
		{"modules", 350, buildModules, func(n int) int { return n * (1 + modulesInside) * (1 + modulesFiles) }, func(n int) int { return n * (1 + modulesInside) }},
		{"directories", 1000, buildDirectories, func(n int) int { return n * 101 }, func(n int) int { return n }},
		{"flat", 100_000, buildFlat, func(n int) int { return n }, func(int) int { return 0 }},
		{"chain", 5000, buildChain, func(n int) int { return 2 * n }, func(n int) int { return n }},
		{"comb", 1000, buildComb, func(n int) int { return 3 * n }, func(n int) int { return 2 * n }},
	}
}

func shapeNamed(name string) shape {
	for _, s := range shapes() {
		if s.name == name {
			return s
		}
	}
	panic("no shape " + name)
}

// numbered are n names.
func numbered(n int) (names []string) {
	for i := range n {
		names = append(names, "d"+strconv.Itoa(i))
	}
	return names
}

// buildFiles makes n small files.
func buildFiles(dir string, n int) error {
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, "f"+strconv.Itoa(i)), []byte("x"), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func buildAll(dir string, names []string, files int) error {
	for _, name := range names {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.Mkdir(name, 0o700), buildFiles(name, files)); err != nil {
			return err
		}
	}
	return nil
}

// buildFixture is what a test has.
func buildFixture(dir string, _ int) error {
	return buildAll(dir, []string{"a", "a/b", "c"}, 4)
}

// A package of modules has modulesInside directories in it, and modulesFiles in each: 19,600 entries for 350.
const (
	modulesInside = 6
	modulesFiles  = 7
)

// buildModules is what a package manager makes: n packages.
func buildModules(dir string, n int) error {
	for i := range n {
		root := fmt.Sprintf("package-%d", i)
		err := buildAll(dir, []string{root, root + "/lib", root + "/lib/sub", root + "/lib/sub/sub", root + "/dist", root + "/dist/sub", root + "/test"}, modulesFiles)
		if err != nil {
			return err
		}
	}
	return nil
}

func buildDirectories(dir string, n int) error {
	for i := range n {
		if err := buildAll(dir, []string{"d" + strconv.Itoa(i)}, 100); err != nil {
			return err
		}
	}
	return nil
}

func buildFlat(dir string, n int) error { return buildFiles(dir, n) }

// buildChain makes n levels, each with a file.
func buildChain(dir string, n int) error {
	return descending(dir, n, func(at int) error { return newFile(at, "file") })
}

// buildComb makes n levels, each with a file and an empty directory beside the way down.
func buildComb(dir string, n int) error {
	return descending(dir, n, func(at int) error {
		return errors.Join(newFile(at, "file"), unix.Mkdirat(at, "beside", 0o700))
	})
}

// descending goes down by descriptors, since no path can name what is below, nor os.Root remember it in little time.
func descending(dir string, n int, make func(at int) error) error {
	at, err := openDirectory(unix.AT_FDCWD, dir)
	for range n {
		if err != nil {
			return err
		}
		above := at
		err = errors.Join(unix.Mkdirat(above, "directory", 0o700), make(above))
		if err == nil {
			at, err = openDirectory(above, "directory")
		}
		_ = unix.Close(above)
	}
	if err != nil {
		return err
	}
	return unix.Close(at)
}

func openDirectory(at int, name string) (fd int, err error) {
	return unix.Openat(at, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
}

// newFile makes an empty one, which must be new.
func newFile(at int, name string) error {
	fd, err := unix.Openat(at, name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}
