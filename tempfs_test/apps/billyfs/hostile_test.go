package billyfs_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-billy/v5/util"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/billyfs"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// entry is one of a tree object, as no git would write it.
type entry struct{ mode, name, hash string }

// object writes an object without any check of it.
func (g gitCommand) object(t *testing.T, kind, content string) string {
	t.Helper()
	hash, err := g.run(content, "hash-object", "-t", kind, "-w", "--literally", "--stdin")
	require.NoError(t, err)
	return hash
}

func (g gitCommand) tree(t *testing.T, entries ...entry) string {
	t.Helper()
	var content strings.Builder
	for _, e := range entries {
		hash, err := hex.DecodeString(e.hash)
		require.NoError(t, err)
		content.WriteString(e.mode + " " + e.name + "\x00" + string(hash))
	}
	return g.object(t, "tree", content.String())
}

// commits makes main a history of the trees.
func (g gitCommand) commits(t *testing.T, trees ...string) (hashes []string) {
	t.Helper()
	for _, tree := range trees {
		args := []string{"commit-tree", "-m", "hostile", tree}
		if len(hashes) > 0 {
			args = append(args, "-p", hashes[len(hashes)-1])
		}
		hashes = append(hashes, g.must(t, args...))
	}
	g.must(t, "update-ref", "refs/heads/main", hashes[len(hashes)-1])
	return hashes
}

// A repository has a link that leads out of the worktree, and a file behind it. Git and go-git refuse what they know of that; whatever they let through ends in the Fs.
func TestHostileRepository(t *testing.T) {
	outside := t.TempDir()
	host := gitCommand{trial.Program(t, "git"), t.TempDir()}
	for name, target := range map[string]string{"parent": "..", "absolute": outside, "root": "/", "itself": ".", "dot": ".git", "far": "../../../../../../../../../.." + outside} {
		origin := host.in(filepath.Join(host.dir, name))
		host.must(t, "init", "-q", "--bare", name)
		file := origin.object(t, "blob", "planted")
		link := entry{"120000", "a", origin.object(t, "blob", target)}
		below := entry{"40000", "a", origin.tree(t, entry{"100644", "planted", file})}
		for how, trees := range map[string][]string{
			"twice in a tree":  {origin.tree(t, link, below)},
			"twice, otherwise": {origin.tree(t, below, link)},
			"a name with /":    {origin.tree(t, link, entry{"100644", "a/planted", file})},
			"a name with ..":   {origin.tree(t, link, entry{"100644", "../planted", file})},
			"the directory ..": {origin.tree(t, entry{"40000", "..", origin.tree(t, entry{"100644", "planted", file})})},
			"in .git":          {origin.tree(t, entry{"40000", ".git", origin.tree(t, entry{"100644", "planted", file})})},
			"first the link":   {origin.tree(t, link), origin.tree(t, below)},
			"last the link":    {origin.tree(t, below), origin.tree(t, link)},
		} {
			commits := origin.commits(t, trees...)
			t.Run(name+"/"+how, func(t *testing.T) {
				tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) { checkoutAll(t, fsys, origin.dir, commits, outside) })
			})
		}
	}
}

// checkoutAll clones and goes through the history, and looks for what has left the worktree.
func checkoutAll(t *testing.T, fsys *tempfs.Fs, origin string, commits []string, outside string) {
	t.Helper()
	require.NoError(t, fsys.Mkdir("/worktree", 0o755))
	sub, err := fsys.Sub("/worktree")
	require.NoError(t, err)
	b := billyfs.ToBilly(sub)
	dot, err := b.Chroot(".git")
	require.NoError(t, err)
	repository, err := git.Clone(storage(dot), b, &git.CloneOptions{URL: origin, NoCheckout: true})
	require.NoError(t, err)
	worktree, err := repository.Worktree()
	require.NoError(t, err)
	for _, commit := range commits {
		if err = worktree.Checkout(&git.CheckoutOptions{Hash: plumbing.NewHash(commit), Force: true}); err != nil {
			t.Logf("go-git refuses: %v", err)
		}
		// Who does not look as go-git does, writes by the name.
		if err = util.WriteFile(b, "a/planted", []byte("planted"), 0o644); err != nil {
			t.Logf("written by the name: %v", err)
		}
	}
	top, err := afero.ReadDir(fsys, "/")
	require.NoError(t, err)
	require.Len(t, top, 1, "what has left the worktree")
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, left, "what has left the Fs")
	_, err = os.Lstat("/planted")
	require.ErrorIs(t, err, os.ErrNotExist)
	if root, err := fsys.RealPath("/"); err == nil {
		_, err = os.Lstat(filepath.Join(root, "..", "planted"))
		require.ErrorIs(t, err, os.ErrNotExist)
	}
}
