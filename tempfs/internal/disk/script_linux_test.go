package disk

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A script is a list of operations, one a line. It is run on a Tree and on package os in a chroot: both must tell the same
// results, and leave the same files on the host after each line.

// system is what a script can ask for. The results are those of the seam.
type system interface {
	OpenFile(name string, flag int, perm fs.FileMode) (Handle, syscall.Errno)
	Stat(name string) (fs.FileInfo, syscall.Errno)
	Lstat(name string) (fs.FileInfo, syscall.Errno)
	Mkdir(name string, perm fs.FileMode) syscall.Errno
	Remove(name string) syscall.Errno
	RemoveAll(name string) (failed string, errno syscall.Errno)
	Rename(oldname, newname string) syscall.Errno
	Link(oldname, newname string) syscall.Errno
	Symlink(target, name string) syscall.Errno
	Readlink(name string) (string, syscall.Errno)
	Chmod(name string, mode fs.FileMode) syscall.Errno
	Chown(name string, uid, gid int, follow bool) syscall.Errno
	Chtimes(name string, atime, mtime time.Time) syscall.Errno
	Truncate(name string, size int64) syscall.Errno
}

var _ system = (*Tree)(nil)

// session runs scripts. Each line is a verb and words; a word in quotes is unquoted, {x*9} in another is nine x.
type session struct {
	sys   system
	dir   string // of the files on the host
	files map[string]Handle
}

// run returns two results a line: what the operation says, and what is then on the host.
func (s *session) run(script string) []string {
	s.files = map[string]Handle{}
	var results []string
	for line := range strings.Lines(script) {
		words := parse(line)
		if len(words) == 0 {
			continue
		}
		result := s.do(words[0], words[1:])
		results = append(results, strings.TrimSpace(line)+"  =>  "+result)
		results = append(results, "    "+snapshot(s.dir))
	}
	for _, h := range s.files {
		h.Close()
	}
	return results
}

func parse(line string) []string {
	words := strings.Fields(line)
	for i, word := range words {
		if unquoted, err := strconv.Unquote(word); err == nil {
			words[i] = unquoted
			continue
		}
		for strings.Contains(words[i], "{") {
			before, after, _ := strings.Cut(words[i], "{")
			inside, behind, _ := strings.Cut(after, "}")
			unit, count, _ := strings.Cut(inside, "*")
			words[i] = before + strings.Repeat(unit, atoi(count)) + behind
		}
	}
	return words
}

func atoi(word string) int {
	n, err := strconv.ParseInt(word, 0, 64)
	if err != nil {
		panic("script: " + err.Error())
	}
	return int(n)
}

// mode reads the octal mode of chmod(1).
func mode(word string) fs.FileMode {
	n, err := strconv.ParseUint(word, 8, 32)
	if err != nil {
		panic("script: " + err.Error())
	}
	m := fs.FileMode(n) & fs.ModePerm
	for i, special := range []fs.FileMode{fs.ModeSticky, fs.ModeSetgid, fs.ModeSetuid} {
		if n&(0o1000<<i) != 0 {
			m |= special
		}
	}
	return m
}

func flags(word string) (flag int) {
	for name := range strings.SplitSeq(word, "|") {
		bits, ok := map[string]int{
			"R": os.O_RDONLY, "W": os.O_WRONLY, "RW": os.O_RDWR, "CREATE": os.O_CREATE, "EXCL": os.O_EXCL, "TRUNC": os.O_TRUNC,
			"APPEND": os.O_APPEND, "NOFOLLOW": openNofollow, "DIRECTORY": openDirectory,
		}[name]
		if !ok {
			panic("script: flag " + name)
		}
		flag |= bits
	}
	return flag
}

// moment is a time of the first days of 1970, which no clock gives by itself; "-" is the zero time.
func moment(word string) time.Time {
	if word == "-" {
		return time.Time{}
	}
	return time.Unix(int64(atoi(word)), 0)
}

func (s *session) do(verb string, a []string) string {
	switch verb {
	case "mkdir":
		return told(s.sys.Mkdir(a[0], mode(a[1])))
	case "remove":
		return told(s.sys.Remove(a[0]))
	case "removeall": // which one could not go depends on the order of the listing
		_, errno := s.sys.RemoveAll(a[0])
		return told(errno)
	case "rename":
		return told(s.sys.Rename(a[0], a[1]))
	case "link":
		return told(s.sys.Link(a[0], a[1]))
	case "symlink":
		return told(s.sys.Symlink(a[0], a[1]))
	case "readlink":
		target, errno := s.sys.Readlink(a[0])
		return told(errno, strconv.Quote(target))
	case "stat":
		return s.told(s.sys.Stat(a[0]))
	case "lstat":
		return s.told(s.sys.Lstat(a[0]))
	case "chmod":
		errno := s.sys.Chmod(a[0], mode(a[1]))
		// The mode of the root directory does not bind with us: what it may have become is undone at once.
		return told(errno) + told(s.sys.Chmod("/", 0o700))
	case "chown":
		return told(s.sys.Chown(a[0], atoi(a[1]), atoi(a[2]), true))
	case "lchown":
		return told(s.sys.Chown(a[0], atoi(a[1]), atoi(a[2]), false))
	case "chtimes":
		return told(s.sys.Chtimes(a[0], moment(a[1]), moment(a[2])))
	case "truncate":
		return told(s.sys.Truncate(a[0], int64(atoi(a[1]))))
	case "fifo":
		return told(errnoOf(syscall.Mkfifo(filepath.Join(s.dir, a[0]), 0o600)))
	case "open":
		return s.open(a[0], a[1], flags(a[2]), mode(a[3]))
	case "put":
		return s.put(a[0], a[1])
	case "cat":
		return s.cat(a[0])
	case "ls":
		return s.ls(a[0])
	}
	return s.file(verb, a[0], a[1:])
}

// file is an operation on what open opened.
func (s *session) file(verb, key string, a []string) string {
	h, ok := s.files[key]
	if !ok {
		return "not open"
	}
	switch verb {
	case "fstat":
		return s.told(h.Stat())
	case "write":
		n, errno := h.Write([]byte(a[0]))
		return told(errno, n)
	case "writeat":
		n, errno := h.WriteAt([]byte(a[0]), int64(atoi(a[1])))
		return told(errno, n)
	case "read":
		p := make([]byte, atoi(a[0]))
		n, errno := h.Read(p)
		return told(errno, strconv.Quote(string(p[:n])))
	case "readat":
		p := make([]byte, atoi(a[0]))
		n, errno := h.ReadAt(p, int64(atoi(a[1])))
		return told(errno, strconv.Quote(string(p[:n])))
	case "seek":
		pos, errno := h.Lseek(int64(atoi(a[0])), atoi(a[1]))
		return told(errno, pos)
	case "ftruncate":
		return told(h.Truncate(int64(atoi(a[0]))))
	case "sync":
		return told(h.Sync())
	case "entries":
		return list(h, atoi(a[0]))
	case "close":
		return told(h.Close())
	}
	panic("script: " + verb)
}

func (s *session) open(key, name string, flag int, perm fs.FileMode) string {
	h, errno := s.sys.OpenFile(name, flag, perm)
	if errno != 0 {
		return told(errno)
	}
	if old, ok := s.files[key]; ok {
		old.Close()
	}
	s.files[key] = h
	return s.told(h.Stat())
}

func (s *session) put(name, text string) string {
	h, errno := s.sys.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if errno != 0 {
		return told(errno)
	}
	defer h.Close()
	n, errno := h.Write([]byte(text))
	return told(errno, n)
}

func (s *session) cat(name string) string {
	h, errno := s.sys.OpenFile(name, os.O_RDONLY, 0)
	if errno != 0 {
		return told(errno)
	}
	defer h.Close()
	p := make([]byte, 64)
	n, errno := h.Read(p)
	return told(errno, strconv.Quote(string(p[:n])))
}

func (s *session) ls(name string) string {
	h, errno := s.sys.OpenFile(name, os.O_RDONLY, 0)
	if errno != 0 {
		return told(errno)
	}
	defer h.Close()
	return list(h, -1)
}

func list(h Handle, n int) string {
	entries, errno := h.ReadDir(n)
	var words []string
	for _, e := range entries {
		text := fs.FormatDirEntry(e) + " "
		if info, err := e.Info(); err == nil {
			text += describe(info)
		} else {
			text += told(errnoOf(err))
		}
		words = append(words, text)
	}
	if n <= 0 { // otherwise the order is a part of the answer
		slices.Sort(words)
	}
	return told(errno, strings.Join(words, "; "))
}

func (s *session) told(info fs.FileInfo, errno syscall.Errno) string {
	if errno != 0 {
		return told(errno)
	}
	return describe(info)
}

func told(errno syscall.Errno, results ...any) string {
	if errno != 0 {
		return errno.Error()
	}
	return fmt.Sprint(append([]any{"ok"}, results...)...)
}

// describe leaves out what differs between two directories of one host.
func describe(info fs.FileInfo) string {
	return fmt.Sprintf("%q %v", info.Name(), facts(info))
}

func facts(info fs.FileInfo) string {
	size := info.Size()
	if info.IsDir() {
		size = 0
	}
	when := "now"
	if t := info.ModTime(); t.Year() < 2000 {
		when = strconv.FormatInt(t.Unix(), 10)
	}
	st := info.Sys().(*syscall.Stat_t)
	return fmt.Sprintf("%v %d %s %d %d %d", info.Mode(), size, when, st.Nlink, st.Uid, st.Gid)
}

// snapshot tells what stands in dir. What the user may not look at is the same on both sides.
func snapshot(dir string) string {
	var words []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if path == dir {
			return nil
		}
		name := strings.TrimPrefix(path, dir+"/")
		if err != nil {
			words = append(words, name+": "+errnoOf(err).Error())
			return nil
		}
		info, err := os.Lstat(path)
		if err != nil {
			words = append(words, name+": "+errnoOf(err).Error())
			return nil
		}
		word := name + " " + facts(info)
		switch {
		case info.Mode().IsRegular():
			word += " " + begin(path)
		case info.Mode()&fs.ModeSymlink != 0:
			target, _ := os.Readlink(path)
			word += " -> " + target
		}
		words = append(words, word)
		return nil
	})
	if err != nil {
		panic(err)
	}
	return strings.Join(words, "\n    ")
}

func begin(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return errnoOf(err).Error()
	}
	defer f.Close()
	p := make([]byte, 64)
	n, _ := f.Read(p)
	return strconv.Quote(string(p[:n]))
}

// staysInside reports whether all names of a script mean the same below a directory as in a chroot.
func staysInside(script string) bool {
	for line := range strings.Lines(script) {
		words := parse(line)
		for _, word := range words {
			if word == "/" || strings.Contains(word, "..") || len(word) > nameMax {
				return false
			}
		}
		if len(words) > 1 && words[0] == "symlink" && strings.HasPrefix(words[1], "/") {
			return false
		}
	}
	return true
}
