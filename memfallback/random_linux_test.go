package memfallback_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

var (
	seeds     = flag.Uint64("seeds", 60, "how many random scripts to compare with package os")
	firstSeed = flag.Uint64("seed", 1, "the first of them")
)

// TestRandomScriptsOnHost compares memory with package os on scripts that nobody thought of. A failure names its seed.
func TestRandomScriptsOnHost(t *testing.T) {
	for _, uid := range []int{0, 65534} {
		for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
			script := randomScript(rand.New(rand.NewPCG(seed, uint64(uid))), 80)
			host := askHost(t, uid, script)
			memory := memorySession(uid).run(script)
			if requireSame(t, host, memory); t.Failed() {
				t.Fatalf("uid %d seed %d; the script:\n%s", uid, seed, strings.Join(host, "\n"))
			}
		}
	}
}

// randomScript has few names and many ways to spell them, so that its commands meet.
func randomScript(r *rand.Rand, length int) string {
	g := generator{r}
	var b strings.Builder
	b.WriteString("mkdir a 755\nmkdir a/b 755\nput a/f one\nput f two\nsymlink a/f s\n")
	for range length {
		b.WriteString(g.command() + "\n")
		if r.IntN(8) == 0 {
			b.WriteString("tree\n")
		}
	}
	b.WriteString("tree\n")
	return b.String()
}

type generator struct{ *rand.Rand }

func (g generator) pick(words ...string) string { return words[g.IntN(len(words))] }

// path has one to four components.
func (g generator) path() string {
	var b strings.Builder
	b.WriteString(g.pick("", "", "", "/", "./", "../", "//"))
	for range g.IntN(3) {
		b.WriteString(g.pick("a", "a", "b", "b", "c", "s", "l", "..", ".") + g.pick("/", "/", "/", "//"))
	}
	b.WriteString(g.pick("a", "b", "c", "f", "f", "g", "s", "l", "l", "x", "x", "..", "."))
	b.WriteString(g.pick("", "", "", "", "", "", "/", "/."))
	return b.String()
}

func (g generator) mode() string {
	return g.pick("755", "755", "700", "644", "555", "300", "600", "0", "4755", "2755", "1777", "7777")
}

func (g generator) open() string {
	flags := g.pick("R", "W", "RW", "RW", "RW", "ACC")
	for _, f := range []string{"CREATE", "CREATE", "EXCL", "TRUNC", "APPEND", "NOFOLLOW", "DIRECTORY"} {
		if g.IntN(4) == 0 && !strings.Contains(flags, f) {
			flags += "|" + f
		}
	}
	return fmt.Sprintf("open %s %s %s %s", g.handle(), g.path(), flags, g.mode())
}

func (g generator) handle() string { return g.pick("h1", "h2") }

// offset is near a border of pages of 64 KiB or of 4 KiB, or of nothing.
func (g generator) offset() string {
	return strconv.Itoa(g.IntN(3)*g.IntN(3)*4096*(1+15*g.IntN(2)) + g.IntN(7) - 3)
}

func (g generator) command() string {
	switch g.IntN(30) {
	case 0, 1:
		return "mkdir " + g.path() + " " + g.mode()
	case 2:
		return "mkdirall " + g.path() + " 755"
	case 3, 4:
		return "put " + g.path() + " " + g.pick("x", "yy", "zzz")
	case 5, 6, 7, 8:
		return "rename " + g.path() + " " + g.path()
	case 9, 10:
		return "link " + g.path() + " " + g.path()
	case 11, 12:
		return "symlink " + g.path() + " " + g.path()
	case 13, 14:
		return "remove " + g.path()
	case 15:
		return g.pick("cat", "cat", "ls", "ls", "readlink") + " " + g.path()
	case 16:
		if path := g.path(); g.IntN(6) == 0 && !strings.HasSuffix(strings.TrimRight(path, "/"), ".") { // dots are EINVAL here alone
			return "removeall " + path
		}
		return g.pick("stat ", "lstat ") + g.path()
	case 17:
		// The mode of the root does not bind its owner here: let it be one that binds nowhere.
		return "chmod " + g.path() + " " + g.mode() + "\nchmod / 700"
	case 18:
		return g.pick("chown ", "lchown ") + g.path() + " " + g.pick("-1 -1", "65534 -1", "-1 65534", "0 0", "3 4")
	case 19:
		return "truncate " + g.path() + " " + g.offset()
	case 20:
		return "chtimes " + g.path() + " " + g.pick("1 2", "- 3", "- -")
	case 21, 22, 23:
		return g.open()
	}
	return g.io()
}

// io is a command on an open file.
func (g generator) io() string {
	h := g.handle()
	switch g.IntN(9) {
	case 0:
		return "read " + h + " " + g.pick("1", "10", "100", "0")
	case 1:
		return "write " + h + " " + g.pick("A", "BBBBB", `""`)
	case 2:
		return "writeat " + h + " " + g.pick("a", "bbbbb") + " " + g.offset()
	case 3:
		return "readat " + h + " " + g.pick("1", "10") + " " + g.offset()
	case 4:
		return "seek " + h + " " + g.offset() + " 0"
	case 5:
		return "ftruncate " + h + " " + g.offset()
	case 6:
		return "fstat " + h
	case 7:
		return strings.ReplaceAll("seek h 0 0\nnames h -1\nseek h 0 0", " h ", " "+h+" ")
	}
	return "sync " + h
}
