package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/spf13/afero"
)

// The steps that the checks of afero_*_test.go are made of. Each returns what is wrong, or nil, so that a check reads as one errors.Join, whose
// operands run in order.

// put writes a file of mode 0644.
func put(fsys afero.Fs, name, content string) error {
	return afero.WriteFile(fsys, name, []byte(content), 0o644)
}

// has wants a file with this content.
func has(fsys afero.Fs, name, content string) error {
	got, err := afero.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if string(got) != content {
		return fmt.Errorf("%s holds %.80q, want %q", name, got, content)
	}
	return nil
}

// hasNot wants no file of that name.
func hasNot(fsys afero.Fs, name string) error {
	_, err := fsys.Stat(name)
	return wants(err, fs.ErrNotExist)
}

// lists wants a directory with these entries; names are sorted.
func lists(fsys afero.Fs, dir string, names ...string) error {
	infos, err := afero.ReadDir(fsys, dir)
	if err != nil {
		return err
	}
	got := make([]string, len(infos))
	for i, info := range infos {
		got[i] = info.Name()
	}
	if !slices.Equal(got, names) {
		return fmt.Errorf("%s lists %q, want %q", dir, got, names)
	}
	return nil
}

// wants is for a call that has to fail.
func wants(got, want error) error {
	if !errors.Is(got, want) {
		return fmt.Errorf("got error %w, want %w", orNone(got), want)
	}
	return nil
}

// fails is for a call that has to fail in whatever way.
func fails(what string, err error) error {
	if err == nil {
		return errors.New(what + " succeeds")
	}
	return nil
}

func orNone(err error) error {
	if err == nil {
		return errors.New("none")
	}
	return err
}

// equal wants two values to be the same.
func equal[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}
	return nil
}

// errOf drops the value of a call of two results.
func errOf[T any](_ T, err error) error { return err }

// opened is the error of opening a file, which it closes.
func opened(f afero.File, err error) error {
	if err != nil {
		return err
	}
	return f.Close()
}

// with opens a file, hands it to fn and closes it.
func with(f afero.File, err error, fn func(f afero.File) error) error {
	if err != nil {
		return err
	}
	return errors.Join(fn(f), f.Close())
}

// reads wants the rest of r to be this.
func reads(r io.Reader, content string) error {
	got, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return equal("the rest", string(got), content)
}

// readNames lists a directory.
func readNames(fsys afero.Fs, dir string) (names []string, err error) {
	f, err := fsys.Open(dir)
	err = with(f, err, func(f afero.File) (failed error) {
		names, failed = f.Readdirnames(-1)
		return failed
	})
	return names, err
}

// attempt calls fn and makes an error of a panic.
func attempt(fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return fn()
}
