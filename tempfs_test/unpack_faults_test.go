package tempfs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// errInjected is what a faulty Fs says.
var errInjected = errors.New("injected")

// faulty is an Fs that counts its operations, those of its files included, and of which some fail instead of being done.
type faulty struct {
	afero.Fs
	done   int
	failed []string
	fails  func(operation int) bool
}

// fault is the error that the operation under way is to have.
func (f *faulty) fault(op, name string) error {
	f.done++
	if !f.fails(f.done) {
		return nil
	}
	f.failed = append(f.failed, fmt.Sprint(f.done, " ", op, " ", name))
	return &fs.PathError{Op: op, Path: name, Err: errInjected}
}

func (f *faulty) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	if err := f.fault("open", name); err != nil {
		return nil, err
	}
	opened, err := f.Fs.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return faultyFile{opened, f}, nil
}

func (f *faulty) Open(name string) (afero.File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

func (f *faulty) Mkdir(name string, perm fs.FileMode) error {
	return errors.Join(f.fault("mkdir", name), f.unlessFailed(func() error { return f.Fs.Mkdir(name, perm) }))
}

func (f *faulty) Remove(name string) error {
	return errors.Join(f.fault("remove", name), f.unlessFailed(func() error { return f.Fs.Remove(name) }))
}

func (f *faulty) RemoveAll(name string) error {
	return errors.Join(f.fault("removeall", name), f.unlessFailed(func() error { return f.Fs.RemoveAll(name) }))
}

func (f *faulty) Rename(oldname, newname string) error {
	return errors.Join(f.fault("rename", newname), f.unlessFailed(func() error { return f.Fs.Rename(oldname, newname) }))
}

func (f *faulty) Chmod(name string, mode fs.FileMode) error {
	return errors.Join(f.fault("chmod", name), f.unlessFailed(func() error { return f.Fs.Chmod(name, mode) }))
}

func (f *faulty) Chtimes(name string, atime, mtime time.Time) error {
	return errors.Join(f.fault("chtimes", name), f.unlessFailed(func() error { return f.Fs.Chtimes(name, atime, mtime) }))
}

func (f *faulty) Stat(name string) (fs.FileInfo, error) {
	if err := f.fault("stat", name); err != nil {
		return nil, err
	}
	return f.Fs.Stat(name)
}

func (f *faulty) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	if err := f.fault("lstat", name); err != nil {
		return nil, true, err
	}
	return f.Fs.(afero.Lstater).LstatIfPossible(name)
}

func (f *faulty) SymlinkIfPossible(target, name string) error {
	return errors.Join(f.fault("symlink", name), f.unlessFailed(func() error { return f.Fs.(afero.Linker).SymlinkIfPossible(target, name) }))
}

func (f *faulty) ReadlinkIfPossible(name string) (string, error) {
	if err := f.fault("readlink", name); err != nil {
		return "", err
	}
	return f.Fs.(afero.LinkReader).ReadlinkIfPossible(name)
}

// unlessFailed does what has not been failed by the fault before it.
func (f *faulty) unlessFailed(do func() error) error {
	if f.fails(f.done) {
		return nil
	}
	return do()
}

// faultyLinks is one with hard links.
type faultyLinks struct{ *faulty }

func (f faultyLinks) Link(oldname, newname string) error {
	return errors.Join(f.fault("link", newname), f.unlessFailed(func() error { return f.Fs.(*tempfs.Fs).Link(oldname, newname) }))
}

type faultyFile struct {
	afero.File
	fs *faulty
}

func (f faultyFile) Write(p []byte) (int, error) {
	if err := f.fs.fault("write", f.Name()); err != nil {
		return 0, err
	}
	return f.File.Write(p)
}

func (f faultyFile) WriteAt(p []byte, offset int64) (int, error) {
	if err := f.fs.fault("write at", f.Name()); err != nil {
		return 0, err
	}
	return f.File.WriteAt(p, offset)
}

func (f faultyFile) ReadAt(p []byte, offset int64) (int, error) {
	if err := f.fs.fault("read at", f.Name()); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, offset)
}

func (f faultyFile) Read(p []byte) (int, error) {
	if err := f.fs.fault("read", f.Name()); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

func (f faultyFile) Stat() (fs.FileInfo, error) {
	if err := f.fs.fault("stat", f.Name()); err != nil {
		return nil, err
	}
	return f.File.Stat()
}

func (f faultyFile) Truncate(size int64) error {
	return errors.Join(f.fs.fault("truncate", f.Name()), f.fs.unlessFailed(func() error { return f.File.Truncate(size) }))
}

func (f faultyFile) Close() error { // as on Unix: the file is closed whatever it says
	return errors.Join(f.fs.fault("close", f.Name()), f.File.Close())
}

// eachUnpackFault unpacks into an Fs of which one operation fails, for each of them until none is reached.
func eachUnpackFault(t *testing.T, archive []byte, fails func(nth int) func(operation int) bool, check func(fsys *tempfs.Fs, f *faulty, before map[string]string, err error)) {
	t.Helper()
	for _, hardLinks := range []bool{true, false} {
		for nth := 1; ; nth++ {
			require.NoError(t, tempfs.With(func(fsys *tempfs.Fs) error {
				require.NoError(t, fsys.Mkdir("d", 0o711))
				require.NoError(t, put(fsys, "d/old", "old"))
				before := outlineOf(t, fsys)
				f := &faulty{Fs: fsys, fails: fails(nth)}
				var target afero.Fs = f
				if hardLinks {
					target = faultyLinks{f}
				}
				check(fsys, f, before, unpack.Into(context.Background(), target, onlyReader{bytes.NewReader(archive)}))
				if f.done < nth {
					nth = -1
				}
				return nil
			}, tempfs.InMemory()))
			if nth < 0 {
				break
			}
		}
	}
}

// TestUnpackLeavesNothingWhateverFails: each operation of the Fs fails once, and the Fs is as before, or holds all. It may hold all if there is another way to do it.
func TestUnpackLeavesNothingWhateverFails(t *testing.T) {
	contents := append(harmless(), packedFile("d/new", "new"))
	archives := archivesOf(t, contents...)
	archives["tar with a hard link"] = packedTar(t, append(contents, packedHardLink("again", "d/e/f"))...)
	for format, archive := range archives {
		t.Run(format, func(t *testing.T) {
			whole := tempfs.Test(t, tempfs.InMemory())
			require.NoError(t, whole.Mkdir("d", 0o711))
			require.NoError(t, put(whole, "d/old", "old"))
			require.NoError(t, unpack.Into(context.Background(), whole, bytes.NewReader(archive)))
			all := outlineOf(t, whole)
			operations := 0
			once := func(nth int) func(int) bool { return func(operation int) bool { return operation == nth } }
			eachUnpackFault(t, archive, once, func(fsys *tempfs.Fs, f *faulty, before map[string]string, err error) {
				if err == nil {
					require.Equal(t, all, outlineOf(t, fsys), f.failed)
					return
				}
				operations++
				require.ErrorIs(t, err, errInjected)
				require.Equal(t, before, outlineOf(t, fsys), f.failed)
			})
			require.Greater(t, operations, 60)
		})
	}
}

// TestUnpackTellsWhatItLeftBehind: from one operation on all fail, its own removals too.
func TestUnpackTellsWhatItLeftBehind(t *testing.T) {
	archive := packedTar(t, append(harmless(), packedFile("d/new", "new"))...)
	onwards := func(nth int) func(int) bool { return func(operation int) bool { return operation >= nth } }
	eachUnpackFault(t, archive, onwards, func(fsys *tempfs.Fs, f *faulty, before map[string]string, err error) {
		if len(f.failed) == 0 {
			require.NoError(t, err)
			return
		}
		require.ErrorIs(t, err, errInjected)
		after := outlineOf(t, fsys)
		for name, was := range before {
			require.Equal(t, was, after[name])
			delete(after, name)
		}
		if len(after) > 0 {
			require.ErrorContains(t, err, "left behind")
		}
	})
}

// TestUnpackSurvivesAFullDisk: ENOSPC from some byte on.
func TestUnpackSurvivesAFullDisk(t *testing.T) {
	archive := packedTar(t, append(harmless(), packedFile("large", incompressible(1<<20)))...)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for _, room := range []int{0, 1, 5000, 100 << 10, 1 << 20} {
			err := unpack.Into(context.Background(), &full{Fs: fsys, room: room}, onlyReader{bytes.NewReader(archive)})
			require.ErrorIs(t, err, syscall.ENOSPC)
			require.ErrorContains(t, err, "no space left on device")
			require.Empty(t, namesOf(t, fsys, "/"))
		}
	})
}

// full is an Fs with room for some bytes.
type full struct {
	afero.Fs
	room int
}

func (f *full) SymlinkIfPossible(target, name string) error {
	return f.Fs.(afero.Linker).SymlinkIfPossible(target, name)
}

func (f *full) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	opened, err := f.Fs.OpenFile(name, flag, perm)
	return fullFile{opened, f}, err
}

type fullFile struct {
	afero.File
	fs *full
}

func (f fullFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p[:min(len(p), f.fs.room)])
	if f.fs.room -= n; err == nil && n < len(p) {
		err = &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
	return n, err
}
