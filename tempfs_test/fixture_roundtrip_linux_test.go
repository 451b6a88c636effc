package tempfs_test

import (
	"io/fs"
	"math/rand/v2"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

// roundTrips is how many random trees a test writes and reads.
const roundTrips = 100

// treeNames are all names for Linux.
var treeNames = []string{"a", "b", "c", "a.txt", "with space", " lead", "-", "ünï", "\xff\xfe", "new\nline", "-- marker --", "tab\t", `quote"`, `back\slash`, "*", "$HOME", "~", strings.Repeat("n", 255)}

// randomTree has whatever a tree can have, and modes and times if detailed.
func randomTree(r *rand.Rand, detailed bool) fixture.Tree {
	tree, dirs, files := fixture.Tree{}, []string{""}, []string(nil)
	taken := map[string]bool{}
	for range r.IntN(20) {
		name := path.Join(dirs[r.IntN(len(dirs))], treeNames[r.IntN(len(treeNames))])
		if taken[name] {
			continue
		}
		taken[name] = true
		switch kind := r.IntN(5); {
		case kind == 0:
			tree[name+"/"] = nil
			if detailed {
				tree[name+"/"] = fixture.Dir{Mode: randomMode(r) | 0o700, ModTime: randomTime(r)}
			}
			dirs = append(dirs, name)
		case kind == 1:
			tree[name] = fixture.Link([]string{"a", "../b", "/etc/passwd", "dangling", ".", "\xff"}[r.IntN(6)])
		case kind == 2 && len(files) > 0:
			tree[name] = fixture.HardLink(files[r.IntN(len(files))])
		default:
			tree[name] = randomContent(r)
			if detailed {
				tree[name] = fixture.File{Data: randomContent(r), Mode: randomMode(r) | 0o400, ModTime: randomTime(r)}
			}
			files = append(files, name)
		}
	}
	return tree
}

func randomMode(r *rand.Rand) fs.FileMode { return fs.FileMode(r.IntN(0o1000)) }

func randomTime(r *rand.Rand) time.Time { return time.Unix(r.Int64N(2e9), r.Int64N(1e9)) }

// randomContent is text, or not.
func randomContent(r *rand.Rand) string {
	content := make([]byte, r.IntN(5000))
	for i := range content {
		content[i] = byte(r.Uint32())
	}
	if r.IntN(2) == 0 {
		return strings.ToValidUTF8(string(content), "\n")
	}
	return string(content)
}

func TestTreesThatAreWrittenAreReadBack(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for seed := range uint64(roundTrips) {
			tree := randomTree(rand.New(rand.NewPCG(seed, 0)), false)
			clean, err := tree.Clean()
			require.NoError(t, err, "seed %d", seed)
			require.NoError(t, tempfs.With(func(fsys *tempfs.Fs) error {
				require.NoError(t, fixture.Write(fsys, tree), "seed %d", seed)
				got, err := fixture.Read(fsys, fixture.WithHardLinks())
				require.NoError(t, err, "seed %d", seed)
				require.Equal(t, clean, got, "seed %d", seed)
				require.Empty(t, fixture.Diff(tree, got), "seed %d", seed)
				return nil
			}, opts...))
		}
	})
}

func TestModesAndTimesThatAreWrittenAreReadBack(t *testing.T) {
	everything := []fixture.ReadOption{fixture.WithModes(), fixture.WithTimes(), fixture.WithHardLinks()}
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for seed := range uint64(roundTrips) {
			tree := randomTree(rand.New(rand.NewPCG(seed, 1)), true)
			clean, err := tree.Clean()
			require.NoError(t, err, "seed %d", seed)
			require.NoError(t, tempfs.With(func(fsys *tempfs.Fs) error {
				require.NoError(t, fixture.Write(fsys, tree, fixture.In("/sub/dir")), "seed %d", seed)
				got, err := fixture.Read(fsys, append(everything, fixture.In("/sub/dir"))...)
				require.NoError(t, err, "seed %d", seed)
				require.Equal(t, clean, got, "seed %d", seed)
				return nil
			}, opts...))
		}
	})
}
