package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"testing"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// roomy are limits that nothing here meets: what counts is that there are some.
var roomy = tempfs.Limits{Bytes: 1 << 50, Files: 1 << 30, FileSize: 1 << 50, Depth: 1 << 10}

// TestConformanceUnderLimits shows that what keeps the books changes nothing else: with limits that are not met, an Fs is what package os is in a chroot. And that after each case the
// books balance. With -short it has the Fs itself alone.
func TestConformanceUnderLimits(t *testing.T) {
	kinds := map[string]func() (afero.Fs, error){}
	for _, backend := range backendNames {
		opts := append(optionsFor(backend), tempfs.WithLimits(roomy))
		kinds[backend] = func() (afero.Fs, error) {
			fsys, err := tempfs.New(opts...)
			return balancedFs{fsys}, err
		}
		if testing.Short() {
			continue
		}
		kinds["sub of "+backend] = func() (afero.Fs, error) { return newSub(opts...) }
		kinds[backend+", no special files"] = func() (afero.Fs, error) {
			return tempfs.New(append(opts, tempfs.OpenSpecial(false))...)
		}
	}
	for name, newFs := range kinds {
		t.Run(name, func(t *testing.T) {
			aferotest.Test(t, aferotest.Suite{New: newFs, Demand: true, Process: inPlace})
		})
	}
}

// balancedFs closes with an error if its books do not balance.
type balancedFs struct{ *tempfs.Fs }

func (b balancedFs) Close() error {
	var seen books
	err := b.see("/", &seen)
	if errors.Is(err, fs.ErrPermission) { // what a user cannot look at
		return b.Fs.Close()
	}
	bytes, files := seen.used()
	if used := b.Usage(); err == nil && (used.Bytes != bytes || used.Files != files) {
		err = fmt.Errorf("%+v, and there are %d bytes and %d files", used, bytes, files)
	}
	return errors.Join(err, b.Fs.Close())
}

// see adds everything below dir.
func (b balancedFs) see(dir string, seen *books) error {
	names, err := readNames(b.Fs, dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		name = path.Join(dir, name)
		info, _, err := b.LstatIfPossible(name)
		if err != nil {
			return err
		}
		seen.add(info)
		if info.IsDir() {
			if err := b.see(name, seen); err != nil {
				return err
			}
		}
	}
	return nil
}
