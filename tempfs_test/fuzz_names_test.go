package tempfs_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// nameTokens are what low bytes of a fuzzed name stand for, so that few bytes reach far. All other bytes are themselves.
var nameTokens = map[byte]string{
	1: "..", 2: "/", 3: "/../", 4: "/./", 5: "//",
	6: "d/", 7: "d/e/", 8: "f", 9: "d/f", 10: "toFile", 11: "toDir", 12: "toAbsolute", 13: "toRoot", 14: "toParent", 15: "toMissing",
	16: "toMissing/x", 17: "loop", 18: "a/b", 19: "toSlash", 20: "toDirSlash", 21: "toLong", 22: "l39", 23: "l40", 24: "d/e/up/",
	25: strings.Repeat("x", 255), 26: strings.Repeat("x", 256), 27: "toMessy", 28: "shut/",
}

// namePads are bytes that make a name as long as this. PATH_MAX is 4096, with a NUL at the end.
var namePads = map[byte]int{29: 4094, 30: 4095, 31: 4096}

// nameOf makes a name of fuzzed bytes.
func nameOf(data []byte) string {
	var before, after strings.Builder
	part, length := &before, 0
	for _, b := range data {
		token, isToken := nameTokens[b]
		switch pad, isPad := namePads[b]; {
		case isToken:
			part.WriteString(token)
		case !isPad:
			part.WriteByte(b)
		case length == 0:
			part, length = &after, pad
		}
	}
	missing := max(length-before.Len()-after.Len(), 0)
	return before.String() + strings.Repeat("/", missing%2) + strings.Repeat("./", missing/2) + after.String()
}

// nameTree is the tree that names meet, in steps of aferotest.
var nameTree = func() (steps []aferotest.Step) {
	for _, line := range []string{
		"chmod / 0755",
		"mkdir d 0755", "mkdir d/e 0755", "mkdir d/e/g 0700", "put f file", "put d/f content", "put d/e/f deep", "link f hard",
		"symlink f toFile", "symlink d toDir", "symlink /d/e toAbsolute", "symlink / toRoot", "symlink .. toParent", "symlink missing toMissing",
		"symlink . toHere", "symlink f/ toSlash", "symlink d/ toDirSlash", "symlink toDir/e toNext", "symlink /d/..//./d/e/../f toMessy",
		"symlink ../.. d/e/up", "symlink /toDir/e/g/.. d/e/round", "symlink loop loop", "mkdir a 0755", "symlink ../b a/b", "symlink a/b b",
		"symlink {x*255} toLong", "symlink {../*1364}d toFar", "put {y*255} long", `put "\xff\xfe" bytes`, `put "a b\n" blanks`,
		"mkdir shut 0755", "put shut/f hidden", "chmod shut 0000", "symlink f l0",
	} {
		step, err := aferotest.ParseStep(line)
		if err != nil {
			panic(err)
		}
		steps = append(steps, step)
	}
	for i := range 41 { // the kernel follows 40
		steps = append(steps, aferotest.NewStep("symlink", fmt.Sprint("l", i), fmt.Sprint("l", i+1)))
	}
	return steps
}()

// nameOperations are what is done by a name and another one, in one step each.
var nameOperations = func() (operations []func(name, other string) aferotest.Step) {
	for _, verb := range []string{"stat", "lstat", "readlink", "cat", "ls", "remove", "removeall"} {
		operations = append(operations, func(name, _ string) aferotest.Step { return aferotest.NewStep(verb, name) })
	}
	for _, flags := range []string{
		"rdonly", "wronly", "rdwr|create", "wronly|create|excl", "rdwr|trunc", "wronly|append|create", "rdonly|create",
		"rdonly|nofollow", "rdonly|directory", "rdwr|create|nofollow", "rdonly|create|directory", "rdwr|create|trunc",
	} {
		operations = append(operations, func(name, _ string) aferotest.Step { return aferotest.NewStep("open", "file", name, flags, "0640") })
	}
	return append(operations,
		func(name, _ string) aferotest.Step { return aferotest.NewStep("create", "file", name) },
		func(name, _ string) aferotest.Step { return aferotest.NewStep("put", name, "new") },
		func(name, _ string) aferotest.Step { return aferotest.NewStep("mkdir", name, "0750") },
		func(name, _ string) aferotest.Step { return aferotest.NewStep("mkdirall", name, "0750") },
		func(name, _ string) aferotest.Step { return aferotest.NewStep("chmod", name, "0710") },
		func(name, _ string) aferotest.Step { return aferotest.NewStep("chown", name, "-1", "-1") },
		func(name, _ string) aferotest.Step { return aferotest.NewStep("lchown", name, "-1", "-1") },
		func(name, _ string) aferotest.Step {
			return aferotest.NewStep("chtimes", name, "1000000000", "1500000000")
		},
		func(name, _ string) aferotest.Step { return aferotest.NewStep("truncate", name, "2") },
		func(name, other string) aferotest.Step { return aferotest.NewStep("rename", name, other) },
		func(name, other string) aferotest.Step { return aferotest.NewStep("link", name, other) },
		func(name, other string) aferotest.Step { return aferotest.NewStep("symlink", other, name) },
	)
}()

// changing is false for steps that only look.
func changing(s aferotest.Step) bool {
	return !slices.Contains([]string{"stat", "lstat", "readlink", "cat", "ls"}, s.Verb)
}

// nameArena is the filesystems that must agree, all with the same tree.
type nameArena struct {
	names   []string
	systems []afero.Fs
	tree    string // of each, before any operation
}

// newNameArena has package os as its first if it can be asked.
func newNameArena(tb testing.TB) *nameArena {
	tb.Helper()
	a := &nameArena{}
	add := func(name string, fsys afero.Fs, err error) {
		if err != nil {
			tb.Fatal(err)
		}
		a.names, a.systems = append(a.names, name), append(a.systems, fsys)
	}
	if oracle, err := aferotest.NewOracle(); !errors.Is(err, aferotest.ErrNoOracle) {
		add("package os", oracle, err)
	}
	for _, backend := range backendNames {
		fsys, err := tempfs.New(optionsFor(backend)...)
		add(backend, fsys, err)
	}
	for _, step := range nameTree {
		if said := a.play(tb, step); strings.Contains(said, ": ") {
			tb.Fatalf("%v: %s", step, said)
		}
	}
	a.tree = a.agree(tb, "the tree", snapshotOf)
	return a
}

func (a *nameArena) close(tb testing.TB) {
	tb.Helper()
	for _, fsys := range a.systems {
		if err := fsys.(interface{ Close() error }).Close(); err != nil {
			tb.Error(err)
		}
	}
}

func snapshotOf(fsys afero.Fs) string {
	text, err := aferotest.Snapshot(fsys)
	if err != nil {
		return err.Error()
	}
	return text
}

// agree asks all and wants one answer.
func (a *nameArena) agree(tb testing.TB, what string, ask func(fsys afero.Fs) string) (answer string) {
	tb.Helper()
	for i, fsys := range a.systems {
		said := ask(fsys)
		if i == 0 {
			answer = said
		}
		if said != answer {
			tb.Errorf("%s\n%s says %s\n%s says %s", what, a.names[0], answer, a.names[i], said)
		}
	}
	return answer
}

func (a *nameArena) play(tb testing.TB, step aferotest.Step) string {
	tb.Helper()
	return a.agree(tb, step.String(), func(fsys afero.Fs) string {
		p := aferotest.NewPlayer(fsys)
		defer p.Close()
		return p.Do(step)
	})
}

// FuzzNames does an operation by a name of any bytes on a disk, in memory and by package os in a chroot, where that can be had, and compares
// what they say and the trees afterwards. To minimize an input that is new takes long and finds nothing:
//
//	go test -run '^$' -fuzz '^FuzzNames$' -fuzztime 30m -fuzzminimizetime 10x -parallel 1 ./tempfs_test
func FuzzNames(f *testing.F) {
	for i := range nameOperations {
		f.Add(byte(i), []byte{6, 1, 2, 11, 2, 'n'}, []byte("d/new"))
		f.Add(byte(i), []byte{17}, []byte{16})
		f.Add(byte(i), []byte{30, 8}, []byte{26})
	}
	var a *nameArena // of many executions
	f.Cleanup(func() {
		if a != nil {
			a.close(f)
		}
	})
	f.Fuzz(func(t *testing.T, operation byte, name, other []byte) {
		step := nameOperations[int(operation)%len(nameOperations)](nameOf(name), nameOf(other))
		if last := step.Args[0]; step.Verb == "removeall" && (strings.HasSuffix(last, "/") || strings.HasSuffix(last, ".")) {
			t.Skip("it may be the root, of which package os removes all and then fails")
		}
		if a == nil {
			a = newNameArena(t)
		}
		a.play(t, step)
		if changing(step) && (a.agree(t, "the tree after "+step.String(), snapshotOf) != a.tree || step.Verb == "chmod") || t.Failed() {
			a.close(t)
			a = nil
		}
	})
}
