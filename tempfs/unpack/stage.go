package unpack

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"github.com/spf13/afero"
)

// stagePrefix begins the names of what is made beside the names of the archive, and gone at the end. It is hidden on Unix.
const stagePrefix = ".unpack-"

// nameTries bounds the search for a name that is free. That one of them is taken is next to impossible.
const nameTries = 100

// makeStage makes the directory in which unpacking is done. It is in the directory of the user, so that a rename out of it is one within a filesystem.
func (x *extraction) makeStage() error {
	info, err := x.fs.Stat(x.dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: x.dir, Err: syscall.ENOTDIR}
	}
	name, err := x.withFreeName(func(name string) error { return x.fs.Mkdir(name, stageMode) })
	if err == nil {
		x.stage = name
	}
	return err
}

// withFreeName calls fn with random names in the directory of the user until one is free.
func (x *extraction) withFreeName(fn func(name string) error) (name string, err error) {
	for range nameTries {
		name = x.final() + "/" + stagePrefix + strings.ToLower(rand.Text()[:16]) // 80 bits
		if err = fn(name); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return name, err
}

// final is the directory of the user, as names in it begin.
func (x *extraction) final() string { return strings.TrimRight(x.dir, "/") }

// finish does what is done when the archive has come to its end: links are judged and made, then directories get their modes and times, then all is published.
func (x *extraction) finish() error {
	if err := x.ctx.Err(); err != nil {
		return &Error{Err: err}
	}
	if err := x.judgeLinks(); err != nil {
		return err
	}
	if err := x.makeLinks(); err != nil {
		return err
	}
	if err := x.root.directories(x.settle); err != nil {
		return named("", err)
	}
	if err := x.publish(); err != nil {
		return named("", err)
	}
	return named("", x.fs.RemoveAll(x.stage))
}

// settle sets mode and time of a directory in the stage, for which an entry asks. What is below it is complete. Its owner may do everything in it as long as it is here.
func (x *extraction) settle(dir *node) error {
	if !dir.asked {
		return nil
	}
	name := dir.below(x.stage)
	if dir.mode|stageMode != directoryMode {
		if err := x.narrow(name, dir.mode|stageMode); err != nil {
			return err
		}
	}
	if dir.mode&stageMode != stageMode {
		x.tight = append(x.tight, dir)
	}
	return x.setTime(name, dir.modTime)
}

// narrow takes permissions from a directory that it is not to have. Those that the umask took are not given back.
func (x *extraction) narrow(name string, mode fs.FileMode) error {
	info, err := x.fs.Stat(name)
	if err != nil {
		return err
	}
	const kept = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky // Linux hands setgid down to directories
	return x.fs.Chmod(name, info.Mode()&kept&^(fs.ModePerm&^mode))
}

// lstat is Lstat where the Fs has it.
func (x *extraction) lstat(name string) (fs.FileInfo, error) {
	if l, ok := x.fs.(afero.Lstater); ok {
		info, _, err := l.LstatIfPossible(name)
		return info, err
	}
	return x.fs.Stat(name)
}
