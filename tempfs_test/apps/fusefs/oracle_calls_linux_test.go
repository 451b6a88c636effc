package fusefs_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// call is a system call with its arguments.
type call struct {
	name string
	do   func(*world) (answer string)
}

func (c call) String() string { return c.name }

// answer is what a call returned: an errno, or what it found.
func answer(err error, found ...any) string {
	var errno syscall.Errno
	switch {
	case err == nil:
		return strings.TrimSpace(fmt.Sprintln(found...)) + " ok"
	case errors.As(err, &errno):
		return unix.ErrnoName(errno)
	}
	return err.Error()
}

// long is one byte more than a name may have.
var long = strings.Repeat("l", 256)

// randomPath has few names, so that calls meet. Some are those that kernels and filesystems think about.
func randomPath(r *rand.Rand) string {
	var b strings.Builder
	for range one(r, 1, 1, 1, 2, 2, 3) {
		b.WriteString(one(r, "a", "a", "b", "b", "c", "d"))
		b.WriteString("/")
	}
	path := b.String()[:b.Len()-1]
	switch r.IntN(30) {
	case 0:
		return path + "/"
	case 1:
		return path + "/."
	case 2:
		return path + "/.."
	case 3:
		return path + "/../" + one(r, "a", "b")
	case 4:
		return "/" + path
	case 5:
		return one(r, "", ".", "/", "..", long, long[1:], "a/"+long, "/../a", "//a")
	}
	return path
}

func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// randomCall is one of those that programs make, the likelier the more kinds of answers it has.
func randomCall(r *rand.Rand) call {
	kinds := []func(*rand.Rand) call{
		openCall, openCall, openCall, openCall, handleCall, handleCall, handleCall, handleCall, handleCall, handleCall,
		mkdirCall, mkdirCall, removeCall, removeCall, renameCall, renameCall, linkCall, linkCall, statCall, statCall, changeCall, changeCall,
	}
	return one(r, kinds...)(r)
}

func openCall(r *rand.Rand) call {
	path, slot, mode := randomPath(r), r.IntN(2), one[uint32](r, 0o644, 0o600, 0o777, 0o4755, 0)
	flags := one(r, os.O_RDONLY, os.O_WRONLY, os.O_RDWR|os.O_CREATE, os.O_RDWR|os.O_CREATE)
	for _, flag := range []int{os.O_CREATE, os.O_EXCL, os.O_TRUNC, os.O_APPEND, syscall.O_DIRECTORY, syscall.O_NOFOLLOW, syscall.O_SYNC} {
		if r.IntN(9) == 0 {
			flags |= flag
		}
	}
	return call{fmt.Sprintf("%d: open %.20q %#x %o", slot, path, flags, mode), func(w *world) string {
		fd, err := syscall.Open(path, flags|syscall.O_CLOEXEC, mode)
		if err == nil {
			if w.open[slot] >= 0 {
				_ = syscall.Close(w.open[slot])
			}
			w.open[slot] = fd
		}
		return answer(err)
	}}
}

// handleCall is one on an open file, or EBADF.
func handleCall(r *rand.Rand) call {
	slot := r.IntN(2)
	on := func(name string, do func(fd int) string) call {
		return call{fmt.Sprintf("%d: %s", slot, name), func(w *world) string { return do(w.open[slot]) }}
	}
	if r.IntN(5) < 3 {
		return contentCall(r, on)
	}
	return one(r,
		on("fstat", func(fd int) string {
			var s syscall.Stat_t
			err := syscall.Fstat(fd, &s)
			return answer(err, stated(&s))
		}),
		on("fchmod and fchown", func(fd int) string {
			var s syscall.Stat_t
			if syscall.Fstat(fd, &s) == nil && s.Nlink == 0 {
				return "of a file without a name, which afero.File cannot change"
			}
			return answer(syscall.Fchmod(fd, 0o640)) + answer(syscall.Fchown(fd, 7, -1))
		}),
		on("getdents", func(fd int) string {
			p := make([]byte, 4096)
			n, err := syscall.ReadDirent(fd, p)
			_, _, names := syscall.ParseDirent(p[:max(n, 0)], -1, nil)
			slices.Sort(names)
			return answer(err, names)
		}),
		on("fsync", func(fd int) string { return answer(syscall.Fsync(fd)) }),
		call{fmt.Sprintf("%d: close", slot), func(w *world) string {
			fd := w.open[slot]
			w.open[slot] = -1
			return answer(syscall.Close(fd))
		}},
	)
}

// contentCall is one of the content of a file. Places are often in, at and beyond a page.
func contentCall(r *rand.Rand, on func(string, func(fd int) string) call) call {
	length, whence := one(r, 0, 1, 5, 4096, 5000), r.IntN(3)
	at := one[int64](r, 0, 1, 3, 4095, 4096, 8000, 70000, 1<<33)
	data := []byte(strings.Repeat(string(rune('A'+r.IntN(26))), length))
	return one(r,
		on(fmt.Sprintf("read %d", length), func(fd int) string {
			if isDirectory(fd) {
				return "of a directory"
			}
			p := make([]byte, length)
			n, err := syscall.Read(fd, p)
			return answer(err, shown(p, n))
		}),
		on(fmt.Sprintf("pread %d at %d", length, at), func(fd int) string {
			p := make([]byte, length)
			n, err := syscall.Pread(fd, p, at)
			return answer(err, shown(p, n))
		}),
		on(fmt.Sprintf("write %d", length), func(fd int) string {
			n, err := syscall.Write(fd, data)
			return answer(err, n)
		}),
		on(fmt.Sprintf("pwrite %d at %d", length, at), func(fd int) string {
			n, err := syscall.Pwrite(fd, data, at)
			return answer(err, n)
		}),
		on(fmt.Sprintf("lseek %d %d", at, whence), func(fd int) string {
			if isDirectory(fd) {
				return "of a directory"
			}
			n, err := syscall.Seek(fd, at, whence)
			return answer(err, n)
		}),
		on(fmt.Sprintf("ftruncate %d", at), func(fd int) string { return answer(syscall.Ftruncate(fd, at)) }),
	)
}

// isDirectory: a position in one has a meaning to its filesystem alone, and what reads and seeks say of that.
func isDirectory(fd int) bool {
	var s syscall.Stat_t
	return syscall.Fstat(fd, &s) == nil && s.Mode&syscall.S_IFMT == syscall.S_IFDIR
}

func mkdirCall(r *rand.Rand) call {
	path, mode := randomPath(r), one[uint32](r, 0o755, 0o700, 0o777, 0o1777, 0o2755, 0)
	if r.IntN(6) == 0 {
		return call{fmt.Sprintf("mknod %.20q %o", path, mode), func(*world) string { return answer(syscall.Mknod(path, syscall.S_IFREG|mode, 0)) }}
	}
	return call{fmt.Sprintf("mkdir %.20q %o", path, mode), func(*world) string { return answer(syscall.Mkdir(path, mode)) }}
}

func removeCall(r *rand.Rand) call {
	path := randomPath(r)
	if r.IntN(2) == 0 {
		return call{fmt.Sprintf("rmdir %.20q", path), func(*world) string { return answer(syscall.Rmdir(path)) }}
	}
	return call{fmt.Sprintf("unlink %.20q", path), func(*world) string { return answer(syscall.Unlink(path)) }}
}

func renameCall(r *rand.Rand) call {
	from, to, flags := randomPath(r), randomPath(r), one[uint](r, 0, 0, 0, unix.RENAME_NOREPLACE)
	return call{fmt.Sprintf("rename %.20q %.20q %d", from, to, flags), func(*world) string {
		return answer(unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, flags))
	}}
}

func linkCall(r *rand.Rand) call {
	from, to := randomPath(r), randomPath(r)
	switch r.IntN(3) {
	case 0:
		return call{fmt.Sprintf("link %.20q %.20q", from, to), func(*world) string { return answer(syscall.Link(from, to)) }}
	case 1:
		return call{fmt.Sprintf("linkat %.20q, followed, %.20q", from, to), func(*world) string {
			return answer(unix.Linkat(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.AT_SYMLINK_FOLLOW))
		}}
	}
	return call{fmt.Sprintf("symlink %.20q %.20q", from, to), func(*world) string { return answer(syscall.Symlink(from, to)) }}
}

func statCall(r *rand.Rand) call {
	path := randomPath(r)
	return one(r,
		call{fmt.Sprintf("stat %.20q", path), func(*world) string {
			var s syscall.Stat_t
			err := syscall.Stat(path, &s)
			return answer(err, stated(&s))
		}},
		call{fmt.Sprintf("lstat %.20q", path), func(*world) string {
			var s syscall.Stat_t
			err := syscall.Lstat(path, &s)
			return answer(err, stated(&s))
		}},
		call{fmt.Sprintf("readlink %.20q", path), func(*world) string {
			p := make([]byte, 512)
			n, err := syscall.Readlink(path, p)
			return answer(err, string(p[:max(n, 0)]))
		}},
		call{fmt.Sprintf("readdir %.20q", path), func(*world) string {
			entries, err := os.ReadDir(path)
			return answer(err, entries)
		}},
		call{fmt.Sprintf("access %.20q", path), func(*world) string { return answer(unix.Faccessat(unix.AT_FDCWD, path, unix.X_OK, 0)) }},
	)
}

func changeCall(r *rand.Rand) call {
	path, mode, id, size := randomPath(r), one[uint32](r, 0o644, 0o700, 0o4755, 0o2750, 0), r.IntN(5)-1, one[int64](r, 0, 1, 4096, 6000)
	at := longAgo.Add(time.Duration(r.IntN(1000)) * time.Hour)
	return one(r,
		call{fmt.Sprintf("chmod %.20q %o", path, mode), func(*world) string { return answer(syscall.Chmod(path, mode)) }},
		call{fmt.Sprintf("chown %.20q %d", path, id), func(*world) string { return answer(syscall.Chown(path, id, id+10)) }},
		call{fmt.Sprintf("lchown %.20q %d", path, id), func(*world) string { return answer(syscall.Lchown(path, id, -1)) }},
		call{fmt.Sprintf("truncate %.20q %d", path, size), func(*world) string {
			var s syscall.Stat_t
			if err := syscall.Stat(path, &s); err == nil && s.Size == size && s.Mode&syscall.S_IFMT == syscall.S_IFREG {
				return "no change, of which tmpfs says other times than the other filesystems"
			}
			return answer(syscall.Truncate(path, size))
		}},
		call{fmt.Sprintf("utimes %.20q %v", path, at), func(*world) string {
			return answer(syscall.UtimesNano(path, []syscall.Timespec{syscall.NsecToTimespec(at.UnixNano()), syscall.NsecToTimespec(at.UnixNano() + 5)}))
		}},
		call{fmt.Sprintf("utimes %.20q now", path), func(*world) string {
			return answer(unix.UtimesNanoAt(unix.AT_FDCWD, path, []unix.Timespec{{Nsec: unix.UTIME_NOW}, {Nsec: unix.UTIME_NOW}}, 0))
		}},
	)
}
