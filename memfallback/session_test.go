package memfallback_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
)

// A session runs a script on a filesystem, a command a line, and tells the result of each in words. Two filesystems that
// behave alike give the same words, errors and all.

// system is what a script can ask of a filesystem: package os or memfallback.
type system interface {
	OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error)
	Mkdir(name string, perm fs.FileMode) error
	MkdirAll(name string, perm fs.FileMode) error
	Remove(name string) error
	RemoveAll(name string) error
	Rename(oldname, newname string) error
	Link(oldname, newname string) error
	SymlinkIfPossible(oldname, newname string) error
	ReadlinkIfPossible(name string) (string, error)
	Stat(name string) (fs.FileInfo, error)
	LstatIfPossible(name string) (fs.FileInfo, bool, error)
	Chmod(name string, mode fs.FileMode) error
	Chown(name string, uid, gid int) error
	Lchown(name string, uid, gid int) error
	Chtimes(name string, atime, mtime time.Time) error
	Truncate(name string, size int64) error
}

var _ system = (*memfallback.Fs)(nil)

type session struct {
	sys   system
	files map[string]afero.File
	infos map[string]fs.FileInfo // by "mark"
	// tick returns when a change that is made now gets another time than one before.
	tick func()
	// owners tells what Sys() does not on this system; nil leaves it out.
	owner func(fs.FileInfo) string
	ctime func(fs.FileInfo) time.Time
}

func newSession(sys system) *session {
	return &session{sys: sys, files: map[string]afero.File{}, infos: map[string]fs.FileInfo{}, tick: func() {}}
}

// run returns the result of each line of the script.
func (s *session) run(script string) []string {
	var results []string
	for line := range strings.Lines(script) {
		if words := parse(line); len(words) > 0 {
			results = append(results, strings.TrimSpace(line)+"  =>  "+s.do(words[0], words[1:]))
		}
	}
	for _, f := range s.files {
		f.Close()
	}
	return results
}

// parse splits a line into words. A word may be quoted as in Go; {x*9} in one that is not stands for nine times x.
func parse(line string) (words []string) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if quoted, err := strconv.QuotedPrefix(line); err == nil {
			word, _ := strconv.Unquote(quoted)
			words = append(words, word)
			line = line[len(quoted):]
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		line = rest
		for strings.Contains(word, "{") {
			before, after, _ := strings.Cut(word, "{")
			inside, behind, _ := strings.Cut(after, "}")
			unit, count, _ := strings.Cut(inside, "*")
			word = before + strings.Repeat(unit, number(count)) + behind
		}
		words = append(words, word)
	}
	return words
}

func number(s string) int { return int(offset(s)) }

func offset(s string) int64 {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		panic("script: " + err.Error())
	}
	return n
}

// mode reads an octal st_mode.
func mode(s string) fs.FileMode {
	n, err := strconv.ParseUint(s, 8, 32)
	if err != nil {
		panic("script: " + err.Error())
	}
	m := fs.FileMode(n & 0o777)
	for bit, flag := range map[uint64]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if n&bit != 0 {
			m |= flag
		}
	}
	return m
}

var flagNames = map[string]int{
	"R": os.O_RDONLY, "W": os.O_WRONLY, "RW": os.O_RDWR, "ACC": os.O_WRONLY | os.O_RDWR, "CREATE": os.O_CREATE,
	"EXCL": os.O_EXCL, "TRUNC": os.O_TRUNC, "APPEND": os.O_APPEND, "SYNC": os.O_SYNC,
	"NOFOLLOW": noFollow, "DIRECTORY": onlyDirectory,
}

func flags(s string) (flag int) {
	for name := range strings.SplitSeq(s, "|") {
		bits, ok := flagNames[name]
		if !ok {
			panic("script: flag " + name)
		}
		flag |= bits
	}
	return flag
}

func (s *session) do(verb string, a []string) string {
	switch verb {
	case "mkdir":
		return told(s.sys.Mkdir(a[0], mode(a[1])))
	case "mkdirall":
		return told(s.sys.MkdirAll(a[0], mode(a[1])))
	case "remove":
		return told(s.sys.Remove(a[0]))
	case "removeall": // of the error the path depends on the order that the directory was listed in
		return errnoName(s.sys.RemoveAll(a[0]))
	case "rename":
		return told(s.sys.Rename(a[0], a[1]))
	case "link":
		return told(s.sys.Link(a[0], a[1]))
	case "symlink":
		return told(s.sys.SymlinkIfPossible(a[0], a[1]))
	case "readlink":
		target, err := s.sys.ReadlinkIfPossible(a[0])
		return shorten(target) + " " + told(err)
	case "chmod":
		return told(s.sys.Chmod(a[0], mode(a[1])))
	case "chown":
		return told(s.sys.Chown(a[0], number(a[1]), number(a[2])))
	case "lchown":
		return told(s.sys.Lchown(a[0], number(a[1]), number(a[2])))
	case "truncate":
		return told(s.sys.Truncate(a[0], offset(a[1])))
	case "chtimes":
		return told(s.sys.Chtimes(a[0], moment(a[1]), moment(a[2])))
	case "stat":
		info, err := s.sys.Stat(a[0])
		return s.describe(info, err)
	case "lstat":
		info, _, err := s.sys.LstatIfPossible(a[0])
		return s.describe(info, err)
	case "mark", "changed":
		return s.watch(verb, a[0])
	case "put":
		return s.put(a[0], a[1])
	case "cat":
		return s.cat(a[0])
	case "ls":
		return s.list(a[0])
	case "tree":
		return s.tree(".")
	case "open":
		return s.open(a)
	}
	f := s.files[a[0]]
	if f == nil {
		return "no file"
	}
	return s.use(f, verb, a[1:])
}

// moment is a time of Chtimes: "-" is the one that changes nothing.
func moment(s string) time.Time {
	if s == "-" {
		return time.Time{}
	}
	return time.Unix(offset(s), 123456789)
}

func (s *session) open(a []string) string {
	perm := fs.FileMode(0)
	if len(a) > 3 {
		perm = mode(a[3])
	}
	f, err := s.sys.OpenFile(a[1], flags(a[2]), perm)
	if err == nil {
		if old := s.files[a[0]]; old != nil {
			old.Close()
		}
		s.files[a[0]] = f
	}
	return told(err)
}

// use is the commands on an open file.
func (s *session) use(f afero.File, verb string, a []string) string {
	var n int
	var err error
	var text string
	switch verb {
	case "close":
		err = f.Close()
	case "sync":
		err = f.Sync()
	case "read", "readat":
		p := make([]byte, number(a[0]))
		if verb == "read" {
			n, err = f.Read(p)
		} else {
			n, err = f.ReadAt(p, offset(a[1]))
		}
		text = strconv.Quote(string(p[:n])) + " "
	case "write":
		n, err = f.WriteString(a[0])
		text = fmt.Sprint(n, " ")
	case "writeat":
		n, err = f.WriteAt([]byte(a[0]), offset(a[1]))
		text = fmt.Sprint(n, " ")
	case "seek":
		pos, failed := f.Seek(offset(a[0]), number(a[1]))
		text, err = fmt.Sprint(pos, " "), failed
	case "ftruncate":
		err = f.Truncate(offset(a[0]))
	case "fstat":
		info, failed := f.Stat()
		return s.describe(info, failed)
	case "readdir":
		return s.readdir(f, number(a[0]))
	case "names":
		names, failed := f.Readdirnames(number(a[0]))
		slices.Sort(names)
		text, err = fmt.Sprint(names, " "), failed
	default:
		panic("script: verb " + verb)
	}
	return text + told(err)
}

// readdir gives the names sorted: only their set is promised.
func (s *session) readdir(f afero.File, n int) string {
	entries, err := f.(fs.ReadDirFile).ReadDir(n)
	if n > 0 { // which ones come first is not promised
		return fmt.Sprint(len(entries), " ", told(err))
	}
	var names []string
	for _, e := range entries {
		info, failed := e.Info()
		word := fs.FormatDirEntry(e)
		if failed != nil {
			word += "!" + told(failed)
		} else if info.Mode().Type() != e.Type() || info.Name() != e.Name() {
			word += "!" + info.Mode().String()
		}
		names = append(names, word)
	}
	slices.Sort(names)
	return strings.Join(names, " ") + " " + told(err)
}

func (s *session) put(name, text string) string {
	f, err := s.sys.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return told(err)
	}
	_, err = f.WriteString(text)
	return told(errors.Join(err, f.Close()))
}

func (s *session) cat(name string) string {
	f, err := s.sys.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return told(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	return shorten(strconv.Quote(string(data))) + " " + told(err)
}

func (s *session) list(name string) string {
	f, err := s.sys.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return told(err)
	}
	defer f.Close()
	return s.readdir(f, -1)
}

// tree describes all that is in dir.
func (s *session) tree(dir string) string {
	f, err := s.sys.OpenFile(dir, os.O_RDONLY, 0)
	if err != nil {
		return told(err)
	}
	names, err := f.Readdirnames(-1)
	f.Close()
	if err != nil {
		return told(err)
	}
	slices.Sort(names)
	var parts []string
	for _, name := range names {
		full := dir + "/" + name
		info, _, err := s.sys.LstatIfPossible(full)
		part := s.describe(info, err)
		switch {
		case err != nil:
		case info.IsDir():
			part += "{" + s.tree(full) + "}"
		case info.Mode().Type() == fs.ModeSymlink:
			target, _ := s.sys.ReadlinkIfPossible(full)
			part += "->" + shorten(target)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// watch tells of two moments whether the times changed between them: of modification and of change.
func (s *session) watch(verb, name string) string {
	info, _, err := s.sys.LstatIfPossible(name)
	if err != nil {
		return told(err)
	}
	if verb == "mark" {
		s.infos[name] = info
		s.tick()
		return "ok"
	}
	old := s.infos[name]
	text := fmt.Sprint("mtime ", !info.ModTime().Equal(old.ModTime()))
	if s.ctime != nil {
		text += fmt.Sprint(" ctime ", !s.ctime(info).Equal(s.ctime(old)))
	}
	return text
}

func (s *session) describe(info fs.FileInfo, err error) string {
	if err != nil {
		return told(err)
	}
	text := filepath.ToSlash(shorten(info.Name())) + " " + info.Mode().String()
	if !info.IsDir() { // the size of a directory is the filesystem's own affair
		text += fmt.Sprint(" ", info.Size())
	}
	if info.ModTime().Unix() < 1e9 { // set by a script
		text += info.ModTime().UTC().Format(" 15:04:05.000000000")
	}
	if s.owner != nil {
		text += " " + s.owner(info)
	}
	return text
}

// told says all of an error that a program can see.
func told(err error) string {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &p):
		return fmt.Sprintf("%s %s: %s", p.Op, shorten(strconv.Quote(p.Path)), errnoName(p.Err))
	case errors.As(err, &l):
		return fmt.Sprintf("%s %s %s: %s", l.Op, shorten(strconv.Quote(l.Old)), shorten(strconv.Quote(l.New)), errnoName(l.Err))
	}
	return errnoName(err)
}

// errnoName is the name that C has for an errno: its text and number depend on the system.
func errnoName(err error) string {
	if err == nil {
		return "ok"
	}
	for name, errno := range map[string]syscall.Errno{
		"EACCES": syscall.EACCES, "EBADF": syscall.EBADF, "EBUSY": syscall.EBUSY, "EEXIST": syscall.EEXIST,
		"EFBIG": syscall.EFBIG, "EINVAL": syscall.EINVAL, "EISDIR": syscall.EISDIR, "ELOOP": syscall.ELOOP,
		"ENAMETOOLONG": syscall.ENAMETOOLONG, "ENOENT": syscall.ENOENT, "ENOTDIR": syscall.ENOTDIR,
		"ENOTEMPTY": syscall.ENOTEMPTY, "ENXIO": syscall.ENXIO, "EPERM": syscall.EPERM,
	} {
		var found syscall.Errno
		if errors.As(err, &found) && found == errno {
			return name
		}
	}
	switch text := err.Error(); text {
	case "use of closed file": // package os gives away its inside here
		return fs.ErrClosed.Error()
	default:
		return strings.TrimPrefix(strings.TrimPrefix(text, "memfallback: "), "os: ")
	}
}

// shorten keeps long names readable, and different ones different.
func shorten(s string) string {
	if len(s) <= 60 {
		return s
	}
	return fmt.Sprintf("%s..%d..%s", s[:20], len(s), s[len(s)-10:])
}
