package disk

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator makes scripts with few names and many ways to spell them, so that their lines meet.
type generator struct {
	*rand.Rand
	inside bool // names mean the same below a directory as in a chroot
}

func (g generator) script(length int) string {
	var b strings.Builder
	b.WriteString("mkdir a 755\nmkdir a/b 755\nput a/f one\nput f two\nsymlink a/f l\nsymlink b a/m\n")
	for range length {
		b.WriteString(g.line() + "\n")
	}
	return b.String()
}

func (g generator) pick(words ...string) string { return words[g.IntN(len(words))] }

func (g generator) path() string {
	dots, prefixes := []string{"..", "."}, []string{"", "", "", "/", "./", "../", "//"}
	if g.inside {
		dots, prefixes = dots[1:], prefixes[:5]
	}
	var b strings.Builder
	b.WriteString(g.pick(prefixes...))
	for range g.IntN(3) {
		b.WriteString(g.pick(append(dots, "a", "a", "a", "b", "b", "c", "l", "m")...) + g.pick("/", "/", "/", "//"))
	}
	b.WriteString(g.pick(append(dots, "a", "b", "c", "f", "f", "g", "l", "l", "m", "m", "x")...))
	b.WriteString(g.pick("", "", "", "", "", "", "/", "/."))
	return b.String()
}

// target is what a link says, which may be absolute.
func (g generator) target() string {
	path := g.path()
	if g.inside {
		return strings.TrimLeft(path, "/")
	}
	return path
}

func (g generator) mode() string {
	return g.pick("755", "755", "700", "644", "555", "300", "600", "111", "0", "4755", "2755", "1777", "7777")
}

func (g generator) line() string {
	switch g.IntN(28) {
	case 0, 1, 2:
		return "mkdir " + g.path() + " " + g.mode()
	case 3, 4:
		return "put " + g.path() + " " + g.pick("x", "yy", "zzz")
	case 5, 6, 7, 8:
		return "rename " + g.path() + " " + g.path()
	case 9, 10:
		return "link " + g.path() + " " + g.path()
	case 11, 12, 13:
		return "symlink " + g.target() + " " + g.path()
	case 14, 15:
		return "remove " + g.path()
	case 16:
		return g.pick("cat", "ls", "readlink", "ls") + " " + g.path()
	case 17, 18:
		return g.pick("stat", "lstat") + " " + g.path()
	case 19:
		return "chmod " + g.path() + " " + g.mode()
	case 20:
		return g.pick("chown", "lchown") + " " + g.path() + " " + g.pick("-1 -1", "65534 -1", "-1 65534", "0 0", "3 4")
	case 21:
		return "truncate " + g.path() + " " + g.pick("0", "3", "10", "-1")
	case 22:
		return "chtimes " + g.path() + " " + g.pick("1 2", "- 3", "4 -", "- -")
	case 23:
		if path := g.path(); !strings.HasSuffix(strings.TrimRight(path, "/"), ".") && g.IntN(3) == 0 {
			return "removeall " + path // of dots is EINVAL with us alone
		}
		return "lstat " + g.path()
	case 24, 25:
		return g.open()
	}
	return g.io()
}

func (g generator) open() string {
	flags := g.pick("R", "W", "RW", "RW")
	for _, f := range []string{"CREATE", "CREATE", "EXCL", "TRUNC", "APPEND", "NOFOLLOW", "DIRECTORY"} {
		if g.IntN(4) == 0 && !strings.Contains(flags, f) {
			flags += "|" + f
		}
	}
	return fmt.Sprintf("open h %s %s %s", g.path(), flags, g.mode())
}

func (g generator) io() string {
	return g.pick("fstat h", "write h abc", "read h 2", "readat h 5 1", "seek h 1 0", "seek h 0 2", "ftruncate h 2", "sync h", "entries h -1",
		"seek h 0 0\nentries h -1", "close h")
}
