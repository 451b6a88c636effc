package disk

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPortableWalkIsLinear tells by allocations, of which each lookup of an os.Root takes some for each component: four times as deep a name may not take
// sixteen times as many.
func TestPortableWalkIsLinear(t *testing.T) {
	tree := newTree(t)
	p, errno := tree.way()
	require.Zero(t, errno)
	const shallow, deep = 100, 400
	deepen(t, tree, deep)
	cost := func(levels int) float64 {
		name := "./" + strings.Repeat("d/", levels-1) + "d"
		return testing.AllocsPerRun(3, func() {
			if _, errno := p.Lstat(name); errno != 0 {
				t.Errorf("errno %d", errno)
			}
		})
	}
	require.Less(t, cost(deep), 1.5*deep/shallow*cost(shallow))
}

// TestPortableWalkBackAndForth goes up and down where a walk holds a directory, and by links.
func TestPortableWalkBackAndForth(t *testing.T) {
	tree := newTree(t)
	p, errno := tree.way()
	require.Zero(t, errno)
	const levels = 3*holdEvery + 1
	name := ""
	for range levels {
		name += "d/"
		require.Zero(t, p.Mkdir(name, 0o755))
		put(t, tree, name+"f", name)
	}
	climb := func(levels int) string { return strings.Repeat("../", levels) }
	down := func(levels int) string { return strings.Repeat("d/", levels) }
	linked := symlink(t, tree, "/"+down(2*holdEvery), "d/l") && symlink(t, tree, climb(2)+"d/d", name+"l")
	for path, want := range map[string]int{
		"./" + name + "f":                                                   levels,
		name + climb(1) + "f":                                               levels - 1,
		name + climb(levels-1) + down(levels-1) + "f":                       levels,
		name + climb(levels) + "d/f":                                        1,
		name + climb(2*levels) + down(holdEvery+1) + "f":                    holdEvery + 1,
		name + climb(holdEvery+1) + down(holdEvery+1) + "../d/../d/f":       levels,
		"./" + down(holdEvery) + climb(1) + down(1) + down(holdEvery) + "f": 2 * holdEvery,
	} {
		requireContent(t, p, path, down(want))
	}
	if linked {
		requireContent(t, p, "d/l/f", down(2*holdEvery))
		requireContent(t, p, name+"l/f", down(levels))
		requireContent(t, p, name+"l/../../../f", down(levels-3))
	}
	_, errno = p.Lstat("./" + name + "missing/f")
	require.Equal(t, syscall.ENOENT, errno)
}

func requireContent(t *testing.T, p *portable, name, want string) {
	t.Helper()
	f, errno := p.openFile(name, 0, 0)
	require.Zero(t, errno, name)
	defer f.Close()
	buffer := make([]byte, 2*len(want))
	n, err := f.Read(buffer)
	require.NoError(t, err)
	require.Equal(t, want, string(buffer[:n]), name)
}
