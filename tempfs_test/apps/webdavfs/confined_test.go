package webdavfs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

const secret = "what is not to be seen"

// TestLinksThatLeadOut were planted by another program. No request comes by one to what is outside.
func TestLinksThatLeadOut(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		outside, before := outsideOf(t)
		climbing := strings.Repeat("../", 40) + outside
		fixture.Build(t, fsys, fixture.Tree{"file": "content", "dir/": fixture.Dir{}})
		plant(t, fsys, outside, "out")
		plant(t, fsys, climbing, "climb")
		plant(t, fsys, outside+"/secret", "dir/secret")
		plant(t, fsys, climbing+"/secret", "dir/climb")
		for _, target := range []string{"/out/secret", "/climb/secret", "/dir/secret", "/dir/climb", "/out", "/climb", "/out/new", "/climb/new", "/dir"} {
			everyRequest(t, fsys, target, outside)
		}
		requireUnchanged(t, outside, before)
	})
}

// TestNamesThatLeadOut are written in every way that a URL can be.
func TestNamesThatLeadOut(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		outside, before := outsideOf(t)
		fixture.Build(t, fsys, fixture.Tree{"file": "content", "dir/": fixture.Dir{}})
		escaped := strings.ReplaceAll(outside, "/", "%2f")
		for _, up := range []string{"/../", "/dir/../../", "/%2e%2e/", "/.%2E/", "/..%2f", "/dir/..%2f..%2f", `/..\`, "/..%5c", "/./../", "/%00/../", "/..%00/", "/%252e%252e/"} {
			for _, name := range []string{outside, escaped} {
				everyRequest(t, fsys, strings.Repeat(up, 10)+name+"/secret", outside)
				everyRequest(t, fsys, strings.Repeat(up, 10)+name+"%2fnew", outside)
			}
		}
		requireUnchanged(t, outside, before)
	})
}

// outsideOf is a directory of the host, and what is in it.
func outsideOf(t *testing.T) (dir string, tree fixture.Tree) {
	t.Helper()
	dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte(secret), 0o600))
	tree, err := fixture.FromFS(os.DirFS(dir))
	require.NoError(t, err)
	return dir, tree
}

// plant makes a link as another program would, by the host path if there is one.
func plant(t *testing.T, fsys *tempfs.Fs, target, name string) {
	t.Helper()
	root, err := fsys.RealPath("/")
	if err != nil {
		require.ErrorIs(t, err, tempfs.ErrNoRealPath)
		require.NoError(t, fsys.SymlinkIfPossible(target, name))
		return
	}
	require.NoError(t, os.Symlink(target, filepath.Join(root, name)))
}

// everyRequest goes to the target, of a filesystem of their own, and none shows the secret, or where it is kept.
func everyRequest(t *testing.T, template *tempfs.Fs, target, outside string) {
	t.Helper()
	s := server{serve(t, webdavfs.DeadProps(webdavfs.New(template.TestClone(t))))}
	for _, request := range []struct{ method, target, body, header string }{
		{"GET", target, "", ""},
		{"PROPFIND", target, "", "Depth: 1"},
		{"PROPFIND", "/", "", "Depth: infinity"},
		{"PROPPATCH", target, colour, ""},
		{"PUT", target, "changed", ""},
		{"MKCOL", target, "", ""},
		{"COPY", target, "", s.destination("/copy")},
		{"GET", "/copy", "", ""},
		{"GET", "/copy/secret", "", ""},
		{"MOVE", target, "", s.destination("/moved")}, // the link itself
		{"GET", "/moved", "", ""},
		{"GET", "/moved/secret", "", ""},
		{"MOVE", "/moved", "", s.destination(target)},
		{"COPY", "/file", "", s.destination(target)},
		{"LOCK", target, lockInfo, ""},
		{"DELETE", target, "", ""},
	} {
		_, answer := s.ask(t, request.method, request.target, request.body, request.header, "Overwrite: T")
		require.NotContains(t, answer, secret, "%s %s", request.method, request.target)
		if !strings.Contains(target, filepath.Base(filepath.Dir(outside))) { // or it may be said again
			require.NotContains(t, answer, outside, "%s %s", request.method, request.target)
		}
	}
}

func requireUnchanged(t *testing.T, dir string, want fixture.Tree) {
	t.Helper()
	fixture.Assert(t, afero.NewBasePathFs(afero.NewOsFs(), dir), want)
}
