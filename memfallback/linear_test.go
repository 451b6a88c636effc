package memfallback_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// Whatever goroutines do to names at the same time, each operation happens at one moment between its begin and its end: there is an order,
// one after the other, in which all would have told the same. The kernel promises less for a path of several components.
//
// How often goroutines meet in the middle of an operation depends on the processors. Built with the tag memfallback_yield a tree makes them meet.

// histories is how many each test makes; $MEMFALLBACK_HISTORIES says otherwise.
func histories(t *testing.T) int {
	t.Helper()
	n := 1000
	if s := os.Getenv("MEMFALLBACK_HISTORIES"); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(t, err)
	}
	return n
}

// findAnomaly returns the first of n histories that is not linearizable.
func findAnomaly(t *testing.T, n int, wrap func(*memfallback.Tree) nameSystem) (found *nameHistory, overlapping int) {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed) // of the calls; when they meet is for the scheduler
	r := rand.New(rand.NewPCG(seed, 0))
	for range n {
		g := nameGenerator{Rand: r}
		h := g.makeHistory(wrap(newTree(memfallback.WithUmask(0))))
		if !h.isLinearizable() {
			return &h, overlapping
		}
		overlapping += h.overlaps()
	}
	return nil, overlapping
}

// overlaps counts the calls that began before an earlier one of another goroutine had ended.
func (h nameHistory) overlaps() (n int) {
	for _, c := range h.calls {
		for _, other := range h.calls {
			if other.begin < c.begin && c.begin < other.end {
				n++
				break
			}
		}
	}
	return n
}

func TestNamesAreLinearizable(t *testing.T) {
	n := histories(t)
	anomaly, overlapping := findAnomaly(t, n, func(tree *memfallback.Tree) nameSystem { return tree })
	require.Nil(t, anomaly, "%v", anomaly)
	t.Logf("%d calls of %d histories ran beside another", overlapping, n)
}

// TestModelOfNames holds the model to the tree, which the kernel has been asked about, as long as there is one goroutine.
func TestModelOfNames(t *testing.T) {
	for seed := range uint64(2000) {
		g := nameGenerator{Rand: rand.New(rand.NewPCG(seed, 1))}
		tree := newTree(memfallback.WithUmask(0))
		m := g.plant(tree)
		var script strings.Builder
		for range 30 {
			c := g.call()
			var want string
			m, want = m.do(c)
			for range 4 * (seed % 2) { // a tree may remember where names lead
				lookAtNames(tree)
			}
			got := callNames(tree, c)
			script.WriteString(c.String() + "  =>  " + got + "\n")
			require.Equal(t, got, want, "seed %d\n%s", seed, script.String())
		}
	}
}

// Trees that are broken on purpose, by a step between two.
type (
	renameInTwoSteps struct{ nameSystem }
	statInTwoSteps   struct{ *memfallback.Tree }
	createInTwoSteps struct{ nameSystem }
	renameOverGap    struct{ nameSystem }
)

// Rename has both names for a moment.
func (s renameInTwoSteps) Rename(oldname, newname string) syscall.Errno {
	if info, errno := s.Lstat(oldname); errno != 0 || info.IsDir() {
		return s.nameSystem.Rename(oldname, newname)
	}
	if s.Link(oldname, newname) != 0 {
		return s.nameSystem.Rename(oldname, newname)
	}
	runtime.Gosched()
	return s.Remove(oldname)
}

// Stat looks a name up in a directory that may have another name by then.
func (s statInTwoSteps) Stat(name string) (fs.FileInfo, syscall.Errno) {
	dir, base, found := strings.Cut(name, "/")
	if !found {
		return s.Tree.Stat(name)
	}
	sub, errno := s.Sub(dir)
	if errno != 0 {
		return nil, errno
	}
	runtime.Gosched()
	return sub.Stat(base)
}

// OpenFile lets two create one name.
func (s createInTwoSteps) OpenFile(name string, flag int, perm fs.FileMode) (memfallback.Handle, syscall.Errno) {
	if flag&os.O_EXCL != 0 {
		if _, errno := s.Lstat(name); errno == 0 {
			return nil, syscall.EEXIST
		}
		runtime.Gosched()
		flag &^= os.O_EXCL
	}
	return s.nameSystem.OpenFile(name, flag, perm)
}

// Rename removes what it replaces first.
func (s renameOverGap) Rename(oldname, newname string) syscall.Errno {
	from, errno := s.Lstat(oldname)
	to, missing := s.Lstat(newname)
	if errno == 0 && missing == 0 && !from.IsDir() && !to.IsDir() && !sameFile(from, to) {
		s.Remove(newname)
		runtime.Gosched()
	}
	return s.nameSystem.Rename(oldname, newname)
}

func TestCheckerFindsWhatIsNotLinearizable(t *testing.T) {
	for name, wrap := range map[string]func(*memfallback.Tree) nameSystem{
		"rename in two steps":       func(tree *memfallback.Tree) nameSystem { return renameInTwoSteps{tree} },
		"rename that removes first": func(tree *memfallback.Tree) nameSystem { return renameOverGap{tree} },
		"stat in two steps":         func(tree *memfallback.Tree) nameSystem { return statInTwoSteps{tree} },
		"create in two steps":       func(tree *memfallback.Tree) nameSystem { return createInTwoSteps{tree} },
	} {
		t.Run(name, func(t *testing.T) {
			const enough = 200_000 // it takes some dozens, or hundreds
			anomaly, _ := findAnomaly(t, enough, wrap)
			require.NotNil(t, anomaly)
			t.Log(anomaly)
		})
	}
}

func TestCheckerOfWrittenHistories(t *testing.T) {
	file := nameModel{"a": {number: 1, kind: regularFile, perm: 0o600}}
	rename := nameCall{number: 2, verb: "rename", name: "a", more: "b"}
	stat := func(name string) nameCall { return nameCall{verb: "stat", name: name} }
	for name, c := range map[string]struct {
		calls []madeCall
		want  bool
	}{
		"nothing":                {nil, true},
		"seen before the rename": {[]madeCall{{rename, 0, 1, 4, "ok"}, {stat("a"), 1, 2, 3, "f 600"}}, true},
		"seen behind the rename": {[]madeCall{{rename, 0, 1, 4, "ok"}, {stat("b"), 1, 2, 3, "f 600"}}, true},
		"seen too late":          {[]madeCall{{rename, 0, 1, 2, "ok"}, {stat("a"), 1, 3, 4, "f 600"}}, false},
		"seen too early":         {[]madeCall{{stat("b"), 1, 1, 2, "f 600"}, {rename, 0, 3, 4, "ok"}}, false},
		"neither name":           {[]madeCall{{rename, 0, 1, 6, "ok"}, {stat("a"), 1, 2, 3, "ENOENT"}, {stat("b"), 1, 4, 5, "ENOENT"}}, false},
		"first new, then old":    {[]madeCall{{rename, 0, 1, 6, "ok"}, {stat("b"), 1, 2, 3, "f 600"}, {stat("a"), 1, 4, 5, "f 600"}}, false},
		"first old, then new":    {[]madeCall{{rename, 0, 1, 6, "ok"}, {stat("a"), 1, 2, 3, "f 600"}, {stat("b"), 1, 4, 5, "f 600"}}, true},
		"two observers disagree": {[]madeCall{
			{rename, 0, 1, 8, "ok"},
			{stat("b"), 1, 2, 3, "f 600"},
			{stat("a"), 2, 4, 5, "f 600"},
		}, false},
		"another file": {[]madeCall{{stat("a"), 0, 1, 2, "f 644"}}, false},
	} {
		h := nameHistory{before: file, calls: c.calls}
		require.Equal(t, c.want, h.isLinearizable(), "%s\n%s", name, h)
	}
}
