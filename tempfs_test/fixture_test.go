package tempfs_test

import (
	"embed"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/stretchr/testify/suite"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
	"github.com/aferotemp/go/tempfs/fixture"
)

// siteTree has one of each kind.
var siteTree = fixture.Tree{
	"index.html":   "<p>hello</p>\n",
	"css/main.css": fixture.File{Data: "body {}\n", Mode: 0o640},
	"img/logo.png": []byte{0x89, 'P', 'N', 'G', 0},
	"cache/":       fixture.Dir{Mode: 0o700},
	"locked/":      fixture.Dir{Mode: 0o500},
	"locked/file":  "",
	"current":      fixture.Link("css"),
	"copy.html":    fixture.HardLink("index.html"),
}

func TestFixtureIsWrittenReadAndAsserted(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, siteTree)
		require.True(t, fixture.Assert(t, fsys, siteTree))
		content, err := afero.ReadFile(fsys, "current/main.css")
		require.NoError(t, err)
		require.Equal(t, "body {}\n", string(content))
	})
}

func TestFixtureThatFailsLeavesNothing(t *testing.T) {
	eachFault(t,
		func(fsys *tempfs.Fs) error { return fsys.Mkdir("/there", 0o755) },
		func(fsys *tempfs.Fs) error { return fixture.Write(fsys, siteTree, fixture.In("/there/a/b")) },
		func(t *testing.T, fsys *tempfs.Fs, fault *faults.Fault, err error) {
			t.Helper()
			if err == nil {
				fixture.Assert(t, fsys, siteTree, fixture.In("/there/a/b"))
				return
			}
			var failed *fixture.PathError
			require.ErrorAs(t, err, &failed, fault)
			fixture.Assert(t, fsys, fixture.Tree{"there/": nil})
		})
}

// TestFixtureWithADirectoryThatLetsNobodyIn is for a process that is not root.
func TestFixtureWithADirectoryThatLetsNobodyIn(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"a/": fixture.Dir{Mode: fixture.NoPermissions}, "a/b/": fixture.Dir{Mode: 0o750}, "a/b/c": fixture.File{Data: "x", Mode: 0o640}})
		require.NoError(t, fsys.Chmod("a", 0o700))
		fixture.Assert(t, fsys, fixture.Tree{"a/b/": fixture.Dir{Mode: 0o750}, "a/b/c": fixture.File{Data: "x", Mode: 0o640}})
	})
}

func TestFixtureOverALimitLeavesNothing(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys := tempfs.Test(t, append(opts, tempfs.WithLimits(tempfs.Limits{Bytes: 10}))...)
		err := fixture.Write(fsys, fixture.Tree{"a/b": "12345", "c": "123456"})
		require.ErrorIs(t, err, tempfs.ErrQuota)
		require.ErrorContains(t, err, "fixture: write c: ")
		fixture.Assert(t, fsys, fixture.Tree{})
		require.NoError(t, fixture.Write(fsys, fixture.Tree{"a/b": "12345", "c": "12345"}))
	})
}

func TestFixtureOfAReleasedFsIsClosed(t *testing.T) {
	fsys, err := tempfs.New()
	require.NoError(t, err)
	require.NoError(t, fsys.Release())
	require.ErrorIs(t, fixture.Write(fsys, siteTree), fs.ErrClosed)
	_, err = fixture.Read(fsys)
	require.ErrorIs(t, err, fs.ErrClosed)
}

func TestFixtureIsBuiltOnceAndClonedForEachTest(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		template := fixture.Build(t, tempfs.Test(t, opts...), siteTree)
		for _, name := range []string{"one", "two", "three"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				fsys, err := template.Clone()
				require.NoError(t, err)
				t.Cleanup(func() { assert.NoError(t, fsys.Release()) })
				fixture.Assert(t, fsys, siteTree)
				require.NoError(t, afero.WriteFile(fsys, "index.html", []byte(name), 0o644))
				fixture.Assert(t, fsys, fixture.Tree{"index.html": name}, fixture.Only("index.html"))
			})
		}
	})
}

// treeWithoutLinks is what every afero.Fs can hold.
var treeWithoutLinks = fixture.Tree{"a": "x", "b/c": "\x00\xff", "d/e/": nil, "run": fixture.File{Data: "", Mode: 0o700}}

func TestFixtureOnFilesystemsOfAfero(t *testing.T) {
	for name, fsys := range map[string]afero.Fs{
		"MemMapFs":             afero.NewMemMapFs(),
		"BasePathFs of tempfs": afero.NewBasePathFs(fixture.Build(t, tempfs.Test(t), fixture.Tree{"base/": nil}), "/base"),
		"CopyOnWriteFs":        afero.NewCopyOnWriteFs(afero.NewReadOnlyFs(afero.NewMemMapFs()), afero.NewMemMapFs()),
		"OsFs":                 afero.NewOsFs(),
	} {
		t.Run(name, func(t *testing.T) {
			dir := "/in"
			if name == "OsFs" {
				dir = t.TempDir()
			}
			require.NoError(t, fixture.Write(fsys, treeWithoutLinks, fixture.In(dir)))
			fixture.Assert(t, fsys, treeWithoutLinks, fixture.In(dir))
			require.ErrorIs(t, fixture.Write(fsys, treeWithoutLinks, fixture.In(dir)), fs.ErrExist)
			fixture.Assert(t, fsys, treeWithoutLinks, fixture.In(dir))
		})
	}
}

func TestFixturePassesTestFS(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		tree := fixture.Tree{"a.txt": "x", "d/e/f": "y", "empty/": nil}
		require.NoError(t, fstest.TestFS(fixture.Build(t, fsys, tree).IOFS(), "a.txt", "d/e/f", "empty"))
		got, err := fixture.FromFS(fsys.IOFS())
		require.NoError(t, err)
		require.Equal(t, tree, got)
	})
}

//go:embed testdata/fixture
var embeddedTree embed.FS

func TestFixtureFromWhatIsEmbedded(t *testing.T) {
	tree, err := fixture.FromFS(embeddedTree, fixture.In("testdata/fixture"))
	require.NoError(t, err)
	require.Equal(t, fixture.Tree{"a.txt": "embedded\n", "dir/b.txt": "too\n"}, tree)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Assert(t, fixture.Build(t, fsys, tree), tree)
		require.True(t, fixture.Golden(t, fsys, "testdata/fixture"), "it is a golden directory, too")
	})
}

func TestTestifyComparesTrees(t *testing.T) {
	fsys := fixture.Build(t, tempfs.Test(t), fixture.Tree{"a": "x", "l": fixture.Link("a")})
	got, err := fixture.Read(fsys)
	require.NoError(t, err)
	require.Equal(t, fixture.Tree{"a": "x", "l": fixture.Link("a")}, got)
	require.NotEqual(t, fixture.Tree{"a": "y", "l": fixture.Link("a")}, got)
	require.NotEqual(t, fixture.Tree{"a": "x", "l": "a"}, got, "a link is no file")
	require.Contains(t, got, "a")
}

// siteSuite is a suite of testify with a fixture: the Fs ends with each of its tests.
type siteSuite struct {
	suite.Suite
	fsys *tempfs.Fs
}

func (s *siteSuite) SetupTest() { s.fsys = fixture.Build(s.T(), tempfs.Test(s.T()), siteTree) }

func (s *siteSuite) TestItIsThere() { fixture.Assert(s.T(), s.fsys, siteTree) }

func (s *siteSuite) TestItIsFresh() {
	s.NoError(s.fsys.RemoveAll("/index.html"))
	s.NoError(s.fsys.RemoveAll("/copy.html"))
	fixture.Assert(s.T(), s.fsys, fixture.Tree{"css/main.css": fixture.Any}, fixture.Only("*.css", "*.html"))
}

func TestSuiteOfTestifyHasAFixture(t *testing.T) { suite.Run(t, new(siteSuite)) }

func BenchmarkFixture(b *testing.B) {
	for _, backend := range backendNames {
		b.Run("Write/"+backend, func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, tempfs.With(func(fsys *tempfs.Fs) error { return fixture.Write(fsys, siteTree) }, optionsFor(backend)...))
			}
		})
		b.Run("Clone/"+backend, func(b *testing.B) {
			template := fixture.Build(b, tempfs.Test(b, optionsFor(backend)...), siteTree)
			for b.Loop() {
				fsys, err := template.Clone()
				require.NoError(b, err)
				require.NoError(b, fsys.Release())
			}
		})
		b.Run("Assert/"+backend, func(b *testing.B) {
			fsys := fixture.Build(b, tempfs.Test(b, optionsFor(backend)...), siteTree)
			for b.Loop() {
				fixture.Assert(b, fsys, siteTree)
			}
		})
	}
}

func FuzzFixture(f *testing.F) {
	f.Add("a/b", "content")
	f.Add("../x", "")
	f.Add("/etc/passwd", "x")
	f.Add(strings.Repeat("d/", 100)+"f", "\x00")
	f.Add("a//./b/", "x")
	f.Fuzz(func(t *testing.T, path, content string) {
		tree := fixture.Tree{path: content}
		fsys := tempfs.Test(t, tempfs.InMemory())
		if err := fixture.Write(fsys, tree); err != nil {
			fixture.Assert(t, fsys, fixture.Tree{})
			return
		}
		fixture.Assert(t, fsys, tree)
	})
}
