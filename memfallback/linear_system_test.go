package memfallback_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"

	"github.com/aferotemp/go/memfallback"
)

// nameSystem is what histories are made on: a Tree, or one that was broken on purpose.
type nameSystem interface {
	OpenFile(name string, flag int, perm fs.FileMode) (memfallback.Handle, syscall.Errno)
	Mkdir(name string, perm fs.FileMode) syscall.Errno
	Symlink(target, name string) syscall.Errno
	Link(oldname, newname string) syscall.Errno
	Rename(oldname, newname string) syscall.Errno
	Remove(name string) syscall.Errno
	Stat(name string) (fs.FileInfo, syscall.Errno)
	Lstat(name string) (fs.FileInfo, syscall.Errno)
	Readlink(name string) (string, syscall.Errno)
}

var _ nameSystem = (*memfallback.Tree)(nil)

// callNames makes a call and returns what it tells.
func callNames(sys nameSystem, c nameCall) string {
	switch c.verb {
	case "create":
		_, told := openNames(sys, c.name, os.O_RDWR|os.O_CREATE|os.O_EXCL, c.perm)
		return told
	case "open or create", "open":
		flag := os.O_RDONLY
		if c.verb != "open" {
			flag = os.O_RDWR | os.O_CREATE
		}
		info, told := openNames(sys, c.name, flag, c.perm)
		if told != "ok" {
			return told
		}
		return toldInfo(info, false)
	case "mkdir":
		return errnoOf(sys.Mkdir(c.name, fs.FileMode(c.perm)))
	case "symlink":
		return errnoOf(sys.Symlink(c.more, c.name))
	case "link":
		return errnoOf(sys.Link(c.name, c.more))
	case "rename":
		return errnoOf(sys.Rename(c.name, c.more))
	case "remove":
		return errnoOf(sys.Remove(c.name))
	case "readlink":
		target, errno := sys.Readlink(c.name)
		if errno != 0 {
			return errnoName(errno)
		}
		return target
	}
	look := sys.Stat
	if c.verb != "stat" {
		look = sys.Lstat
	}
	info, errno := look(c.name)
	if errno != 0 {
		return errnoName(errno)
	}
	return toldInfo(info, c.verb == "count")
}

// openNames returns what the open file says of itself: which file it is was settled when it was opened.
func openNames(sys nameSystem, name string, flag, perm int) (info fs.FileInfo, told string) {
	h, errno := sys.OpenFile(name, flag, fs.FileMode(perm))
	if errno != 0 {
		return nil, errnoName(errno)
	}
	info, errno = h.Stat()
	h.Close()
	return info, errnoOf(errno)
}

func errnoOf(errno syscall.Errno) string {
	if errno == 0 {
		return "ok"
	}
	return errnoName(errno)
}

func toldInfo(info fs.FileInfo, withLinks bool) string {
	kind := byte(regularFile)
	switch {
	case info.IsDir():
		kind = directory
	case info.Mode().Type() == fs.ModeSymlink:
		kind = symbolicLink
	}
	told := fmt.Sprintf("%c %o", kind, info.Mode().Perm())
	if withLinks {
		_, _, nlink := memfallback.InfoOwner(info)
		told += fmt.Sprint(" ", nlink)
	}
	return told
}

func lookAtNames(sys nameSystem) {
	for _, path := range callPaths {
		_, _ = sys.Lstat(path)
	}
}

// nameGenerator draws calls over few names, so that they meet.
type nameGenerator struct {
	*rand.Rand
	number int
}

var (
	callVerbs = []string{
		"create", "mkdir", "symlink", "link", "remove", "remove", "rename", "rename", "rename", "rename",
		"open", "open or create", "stat", "stat", "stat", "count", "readlink",
	}
	callPaths   = []string{"a", "b", "d", "e", "d/x", "e/x", "d/x/y", "l", "l/x"}
	callTargets = []string{"/a", "/d", "/d/x", "/l"}
)

func (g *nameGenerator) call() nameCall {
	g.number++
	pick := func(words []string) string { return words[g.IntN(len(words))] }
	c := nameCall{number: g.number, verb: pick(callVerbs), name: pick(callPaths), perm: 0o100 + g.number, yields: g.IntN(3) == 0}
	switch c.verb {
	case "rename", "link":
		c.more = pick(callPaths)
	case "symlink":
		c.more = pick(callTargets)
	}
	return c
}

// plant makes a few calls one after the other, on sys and on the model that it returns.
func (g *nameGenerator) plant(sys nameSystem) nameModel {
	m := nameModel{}
	for _, c := range []nameCall{{verb: "mkdir", name: "d"}, {verb: "create", name: "d/x"}, {verb: "create", name: "a"}, {verb: "mkdir", name: "e"}} {
		if g.IntN(4) > 0 {
			g.number++
			c.number, c.perm = g.number, 0o100+g.number
			m, _ = m.do(c)
			callNames(sys, c)
		}
	}
	return m
}

// makeHistory lets goroutines at sys, each with a few calls.
func (g *nameGenerator) makeHistory(sys nameSystem) nameHistory {
	h := nameHistory{before: g.plant(sys)}
	run := nameRun{sys: sys, made: make([][]madeCall, 3+g.IntN(2)), lockstep: g.IntN(2) == 0, looked: g.IntN(2) == 0}
	for i := range run.made {
		for range 3 + g.IntN(3) {
			run.made[i] = append(run.made[i], madeCall{nameCall: g.call(), goroutine: i})
		}
	}
	if run.looked {
		for range 10 {
			lookAtNames(sys)
		}
	}
	parallel(len(run.made)+1, func(i int) {
		if i < len(run.made) {
			run.work(i)
		} else {
			run.look()
		}
	})
	for _, calls := range run.made {
		h.calls = append(h.calls, calls...)
	}
	return h
}

// nameRun is a history in the making.
type nameRun struct {
	sys  nameSystem
	made [][]madeCall // of each goroutine

	// lockstep has each call begin when all goroutines have come to one, or have ended.
	lockstep bool
	// looked has one look at all names all the time, so that a tree that remembers where names lead has something to remember, and to forget.
	looked bool

	now   atomic.Int64
	ready atomic.Int64 // one for each that has come to a call, and ended for each that has no more
}

const ended = 1000

func (r *nameRun) work(i int) {
	defer r.ready.Add(ended)
	r.meet(1)
	for n := range r.made[i] {
		c := &r.made[i][n]
		if r.lockstep {
			r.meet(n + 2)
		} else if c.yields {
			runtime.Gosched()
		}
		c.begin = r.now.Add(1)
		c.told = callNames(r.sys, c.nameCall)
		c.end = r.now.Add(1)
	}
}

// meet returns when all goroutines have met n times.
func (r *nameRun) meet(n int) {
	r.ready.Add(1)
	for spins := 1; r.ready.Load() < int64(n*len(r.made)); spins++ {
		if spins%100 == 0 { // who is awake when the last one comes begins at once
			runtime.Gosched()
		}
	}
}

func (r *nameRun) look() {
	for r.looked && r.ready.Load() < int64(ended*len(r.made)) {
		lookAtNames(r.sys)
		runtime.Gosched()
	}
}
