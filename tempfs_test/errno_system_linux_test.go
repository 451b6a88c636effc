package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs"
)

// posix is what package os can do with names, as a method set.
type posix interface {
	afero.Fs
	afero.Symlinker
	Link(oldname, newname string) error
	Lchown(name string, uid, gid int) error
	Truncate(name string, size int64) error
}

var (
	_ posix = (*tempfs.Fs)(nil)
	_ posix = (*memfallback.Fs)(nil)
)

// errnoSystem makes one filesystem after the other. The kernel is one.
type errnoSystem struct {
	name string
	make func(t *testing.T) (fsys posix, end func())
	// within runs what uses it; nil: anything may.
	within func(t *testing.T, fn func()) error
	// remembers is of one that may know names that it has met before: it is asked for all of them before anything is changed.
	remembers bool
}

// errnoGroups are systems that must agree: the first of each is right. Who may not chroot compares with the disk, where the kernel
// answers too, if by another way to the name.
func errnoGroups(t *testing.T) map[string][]errnoSystem {
	t.Helper()
	disk, memory := errnoSystemOf("disk"), errnoSystemOf("memory", tempfs.InMemory())
	memory.remembers = true
	if err := inChroot(t, 0, func() {}); err != nil {
		return map[string][]errnoSystem{"this user": {disk, memory}}
	}
	const nobody = 65534
	memoryOfNobody := errnoSystem{name: "memory", remembers: true, make: func(*testing.T) (posix, func()) {
		return memfallback.New(memfallback.WithUser(nobody, nobody)), func() {}
	}}
	return map[string][]errnoSystem{
		"root":   {kernelAs(0), disk, memory},
		"nobody": {kernelAs(nobody), memoryOfNobody},
	}
}

func errnoSystemOf(name string, opts ...tempfs.Option) errnoSystem {
	return errnoSystem{name: name, make: func(t *testing.T) (posix, func()) {
		t.Helper()
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		return fsys, func() { require.NoError(t, fsys.Release()) }
	}}
}

func kernelAs(uid int) errnoSystem {
	return errnoSystem{
		name: "kernel",
		make: func(t *testing.T) (posix, func()) {
			t.Helper()
			return osFs{}, func() { emptyRoot(t, uid) }
		},
		within: func(t *testing.T, fn func()) error {
			t.Helper()
			return inChroot(t, uid, fn)
		},
	}
}

// fileIdentity tells an inode whatever its names.
type fileIdentity struct{ dev, ino uint64 }

func identityOf(st *syscall.Stat_t) fileIdentity { return fileIdentity{st.Dev, st.Ino} }

// treeState is all that stat(2) says of each file of a tree, by name, at one moment.
type treeState struct {
	stats map[string]*syscall.Stat_t
	shut  map[string]string // what a directory that cannot be listed says
}

// stateOf looks at all but the probe.
func stateOf(fsys posix) treeState {
	s := treeState{map[string]*syscall.Stat_t{}, map[string]string{}}
	s.look(fsys, "/")
	return s
}

func (s *treeState) look(fsys posix, name string) {
	info, _, err := fsys.LstatIfPossible(name)
	if err != nil {
		s.shut[name] = errnoText(err)
		return
	}
	s.stats[name] = info.Sys().(*syscall.Stat_t)
	if !info.IsDir() {
		return
	}
	names, err := afero.ReadDir(fsys, name)
	if err != nil {
		s.shut[name] = errnoText(err)
		return
	}
	for _, entry := range names {
		if path := strings.TrimSuffix(name, "/") + "/" + entry.Name(); path != tickName {
			s.look(fsys, path)
		}
	}
}

// errnoText leaves out how package os came to the error.
func errnoText(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}

// since tells what is different from before, a line for each name. An inode goes by the first name that it had then. Access times are
// left out: they depend on how a filesystem was mounted.
func (s *treeState) since(before treeState, countsDirLinks bool) string {
	known := map[fileIdentity]string{}
	for name, st := range before.stats {
		if first, ok := known[identityOf(st)]; !ok || name < first {
			known[identityOf(st)] = name
		}
	}
	old := map[fileIdentity]*syscall.Stat_t{}
	for _, st := range before.stats {
		old[identityOf(st)] = st
	}
	var lines []string
	for name, st := range s.stats {
		line := describeChange(old[identityOf(st)], st, countsDirLinks)
		if was := known[identityOf(st)]; before.stats[name] == nil || identityOf(before.stats[name]) != identityOf(st) {
			line += " was:" + was
		}
		if line != "" {
			lines = append(lines, name+line)
		}
	}
	for name := range before.stats {
		if s.stats[name] == nil && s.shut[name] == "" {
			lines = append(lines, name+" gone")
		}
	}
	for name, said := range s.shut {
		if before.shut[name] != said {
			lines = append(lines, name+" "+said)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "; ")
}

// describeChange is empty for an inode that is as it was.
func describeChange(old, st *syscall.Stat_t, countsDirLinks bool) string {
	line := ""
	isDir := st.Mode&syscall.S_IFMT == syscall.S_IFDIR
	tell := func(what string, changed bool, value any) {
		if changed || old == nil {
			line += fmt.Sprintf(" %s:%v", what, value)
		}
	}
	if old == nil {
		old = &syscall.Stat_t{Mode: ^st.Mode}
	}
	tell("mode", old.Mode != st.Mode, fmt.Sprintf("%o", st.Mode))
	tell("owner", old.Uid != st.Uid || old.Gid != st.Gid, fmt.Sprint(st.Uid, ".", st.Gid))
	if !isDir || countsDirLinks {
		tell("nlink", old.Nlink != st.Nlink, st.Nlink)
	}
	if !isDir {
		tell("size", old.Size != st.Size, st.Size)
	}
	if old.Ino == st.Ino {
		tell("mtime", old.Mtim != st.Mtim, "new")
		tell("ctime", old.Ctim != st.Ctim, "new")
	}
	return line
}

// tickName is a file that only tells the time.
const tickName = "/tick"

// tick returns when a change that is made now gets another time than all that there is. The kernel's clock for files may stand still for
// some milliseconds.
func (s *treeState) tick(t *testing.T, fsys posix) {
	t.Helper()
	var last time.Time
	for _, st := range s.stats {
		if at := time.Unix(st.Ctim.Unix()); at.After(last) {
			last = at
		}
	}
	for {
		require.NoError(t, put(fsys, tickName, "tick"))
		info, err := fsys.Stat(tickName)
		require.NoError(t, err)
		if info.ModTime().After(last) {
			return
		}
	}
}

// openAndClose is the error of opening a file as flags say.
func openAndClose(fsys posix, name string, flag int, perm fs.FileMode) error {
	f, err := fsys.OpenFile(name, flag, perm)
	if err == nil {
		err = f.Close()
	}
	return err
}

// overwrite changes the first bytes of a file and not its size, unless that was less.
func overwrite(fsys posix, name string) error {
	f, err := fsys.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("x")
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
