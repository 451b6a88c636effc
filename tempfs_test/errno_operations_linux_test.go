package tempfs_test

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// errnoOperation is a system call, or one use of it, on a name. says is its name in a report.
type errnoOperation struct {
	says string
	do   func(fsys posix, name string) error
	// looks is of one that changes nothing when it succeeds.
	looks bool
}

const allBits = fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky | fs.ModePerm

// errnoOperations are those of one name. The other name of some is always good.
var errnoOperations = []errnoOperation{
	{"stat", func(fsys posix, name string) error { return errOf(fsys.Stat(name)) }, true},
	{"lstat", func(fsys posix, name string) error {
		_, _, err := fsys.LstatIfPossible(name)
		return err
	}, true},
	{"readlink", func(fsys posix, name string) error { return errOf(fsys.ReadlinkIfPossible(name)) }, true},
	{"mkdir", func(fsys posix, name string) error { return fsys.Mkdir(name, 0o777) }, false},
	{"mkdir with all bits", func(fsys posix, name string) error { return fsys.Mkdir(name, allBits) }, false},
	{"mkdirall", func(fsys posix, name string) error { return fsys.MkdirAll(name, 0o755) }, false},
	{"mkdirall of two", func(fsys posix, name string) error { return fsys.MkdirAll(name+"/p/q", 0o755) }, false},
	{"remove", func(fsys posix, name string) error { return fsys.Remove(name) }, false},
	{"symlink at", func(fsys posix, name string) error { return fsys.SymlinkIfPossible("target", name) }, false},
	{"symlink to", func(fsys posix, name string) error { return fsys.SymlinkIfPossible(name, "new") }, false},
	{"chmod", func(fsys posix, name string) error { return fsys.Chmod(name, 0o751) }, false},
	{"chmod to all bits", func(fsys posix, name string) error { return fsys.Chmod(name, allBits) }, false},
	{"chown to nobody new", func(fsys posix, name string) error { return fsys.Chown(name, -1, -1) }, false},
	{"chown to the same", chownToSame, false},
	{"chown to others", func(fsys posix, name string) error { return fsys.Chown(name, 1, 2) }, false},
	{"chown to another group", func(fsys posix, name string) error { return fsys.Chown(name, -1, 2) }, false},
	{"lchown to nobody new", func(fsys posix, name string) error { return fsys.Lchown(name, -1, -1) }, false},
	{"lchown to others", func(fsys posix, name string) error { return fsys.Lchown(name, 1, 2) }, false},
	{"chtimes", func(fsys posix, name string) error { return fsys.Chtimes(name, time.Unix(1, 0), time.Unix(2, 0)) }, false},
	{"chtimes of nothing", func(fsys posix, name string) error { return fsys.Chtimes(name, time.Time{}, time.Time{}) }, true},
	{"truncate", func(fsys posix, name string) error { return fsys.Truncate(name, 2) }, false},
	{"truncate to its size", func(fsys posix, name string) error { return fsys.Truncate(name, 4) }, false},
	{"truncate below zero", func(fsys posix, name string) error { return fsys.Truncate(name, -1) }, true},
	{"overwrite", overwrite, false},
	openingTo("read", os.O_RDONLY, 0),
	openingTo("write", os.O_WRONLY, 0),
	openingTo("read and write", os.O_RDWR, 0),
	openingTo("both bits", os.O_WRONLY|os.O_RDWR, 0),
	openingTo("append", os.O_WRONLY|os.O_APPEND, 0),
	openingTo("truncate", os.O_RDWR|os.O_TRUNC, 0),
	openingTo("read and truncate", os.O_RDONLY|os.O_TRUNC, 0),
	openingTo("create", os.O_RDWR|os.O_CREATE, 0o666),
	openingTo("create with all bits", os.O_RDWR|os.O_CREATE, allBits),
	openingTo("create without rights", os.O_RDWR|os.O_CREATE, 0),
	openingTo("create to read", os.O_RDONLY|os.O_CREATE, 0o644),
	openingTo("create and truncate", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644),
	openingTo("create exclusively", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644),
	openingTo("create exclusively and truncate", os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_TRUNC, 0o644),
	openingTo("exclusively", os.O_RDWR|os.O_EXCL, 0),
	openingTo("no follow", os.O_RDONLY|syscall.O_NOFOLLOW, 0),
	openingTo("no follow and create", os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o644),
	openingTo("directory", os.O_RDONLY|syscall.O_DIRECTORY, 0),
	openingTo("directory to write", os.O_WRONLY|syscall.O_DIRECTORY, 0),
	openingTo("directory and no follow", os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0),
	openingTo("directory and create", os.O_RDWR|os.O_CREATE|syscall.O_DIRECTORY, 0o644),
	openingTo("directory and truncate", os.O_RDONLY|syscall.O_DIRECTORY|os.O_TRUNC, 0),
}

func openingTo(how string, flag int, perm fs.FileMode) errnoOperation {
	do := func(fsys posix, name string) error { return openAndClose(fsys, name, flag, perm) }
	return errnoOperation{"open to " + how, do, flag&(os.O_CREATE|os.O_TRUNC) == 0}
}

// errnoPairs are the operations of two names, both of them of any kind.
var errnoPairs = []struct {
	says string
	do   func(fsys posix, from, to string) error
}{
	{"rename", func(fsys posix, from, to string) error { return fsys.Rename(from, to) }},
	{"link", func(fsys posix, from, to string) error { return fsys.Link(from, to) }},
}

// chownToSame gives a file to the user, as whom the root tells.
func chownToSame(fsys posix, name string) error {
	info, err := fsys.Stat("/")
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t)
	return fsys.Chown(name, int(owner.Uid), int(owner.Gid))
}
