package billyfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/util"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/transport/client"
	"github.com/go-git/go-git/v5/plumbing/transport/server"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs_test/apps/billyfs"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

func TestGoGitWithLinks(t *testing.T)    { tryGoGit(t, "go-git, with links", true) }
func TestGoGitWithoutLinks(t *testing.T) { tryGoGit(t, "go-git, without links", false) }

func tryGoGit(t *testing.T, row string, withLinks bool) {
	t.Helper()
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		w := newWork(t, on, withLinks)
		checks := on.Checks(t)
		for _, c := range []struct {
			what  string
			check func() error
		}{
			{"clone", w.clone},
			{"git(1) finds the same tree, and nothing changed", w.asOrigin},
			{"links and modes are as in the origin", w.asListed},
			{"add and commit", w.commit},
			{"checkout of a branch, and back", w.checkout},
			{"push to a repository of git(1)", w.push},
			{"push to a bare repository on the Fs, and clone that", w.pushHere},
			{"references are packed, and the repository opened anew", w.reopen},
			{"git(1) finds all in order", w.inOrder},
		} {
			checks.Check(c.what, c.check)
		}
		checks.Record(row)
	})
}

// work is a clone on an Fs, with a worktree and a bare repository in directories of it.
type work struct {
	t         *testing.T
	origin    gitCommand
	withLinks bool
	worktree  afero.Fs
	bare      afero.Fs
	billy     billy.Filesystem
	clonedAs  *git.Repository // nil until there is one
}

func newWork(t *testing.T, on *trial.Ground, withLinks bool) *work {
	t.Helper()
	below := func(dir string) afero.Fs {
		require.NoError(t, on.Fs.Mkdir(dir, 0o755))
		if on.Ours == nil {
			return afero.NewBasePathFs(on.Fs, dir)
		}
		sub, err := on.Ours.Sub(dir)
		require.NoError(t, err)
		return sub
	}
	w := &work{t: t, origin: newOrigin(t, withLinks), withLinks: withLinks, worktree: below("/worktree"), bare: below("/bare")}
	w.billy = billyfs.ToBilly(w.worktree)
	return w
}

// storage is what go-git keeps in the directory ".git".
func storage(b billy.Filesystem) *filesystem.Storage {
	return filesystem.NewStorage(b, cache.NewObjectLRUDefault())
}

var errNoClone = errors.New("there is no clone")

func (w *work) clone() error {
	dot, err := w.billy.Chroot(".git")
	if err != nil {
		return err
	}
	cloned, err := git.Clone(storage(dot), w.billy, &git.CloneOptions{URL: w.origin.dir})
	if err == nil {
		w.clonedAs = cloned
	}
	return err
}

func (w *work) repository() (*git.Repository, *git.Worktree, error) {
	if w.clonedAs == nil {
		return nil, nil, errNoClone
	}
	worktree, err := w.clonedAs.Worktree()
	return w.clonedAs, worktree, err
}

// clean has both of them look for changes, and compare the tree that is there with that of HEAD.
func (w *work) clean() error {
	_, worktree, err := w.repository()
	if err != nil {
		return err
	}
	status, err := worktree.Status()
	if err == nil && !status.IsClean() {
		err = fmt.Errorf("go-git finds changes: %s", status)
	}
	dir, hostErr := onHost(w.t, w.worktree)
	if hostErr != nil {
		return errors.Join(err, hostErr)
	}
	there := w.origin.in(dir)
	tree, treeErr := there.run("", "rev-parse", "HEAD^{tree}")
	_, addErr := there.run("", "add", "-A")
	return errors.Join(err, there.says("", "status", "--porcelain"), treeErr, addErr, there.says(tree, "write-tree"))
}

func (w *work) asOrigin() error {
	if err := w.clean(); err != nil {
		return err
	}
	dir, err := onHost(w.t, w.worktree)
	tree, treeErr := w.origin.run("", "rev-parse", "main^{tree}")
	return errors.Join(err, treeErr, w.origin.in(dir).says(tree, "write-tree"))
}

// asListed asks the Fs itself.
func (w *work) asListed() error {
	if w.clonedAs == nil {
		return errNoClone
	}
	var errs error
	for name, mode := range map[string]fs.FileMode{"run.sh": 0o755, "README": 0o644} {
		info, err := w.worktree.Stat(name)
		if err == nil && info.Mode() != mode {
			err = fmt.Errorf("%s: %v", name, info.Mode())
		}
		errs = errors.Join(errs, err)
	}
	if !w.withLinks {
		return errs
	}
	reader, ok := w.worktree.(afero.LinkReader)
	if !ok {
		return afero.ErrNoReadlink
	}
	for name, want := range links {
		target, err := reader.ReadlinkIfPossible(name)
		if err == nil && target != want {
			err = fmt.Errorf("%s: %q, and not %q", name, target, want)
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

func signature() *object.Signature {
	return &object.Signature{Name: "A", Email: "a@example.com", When: time.Unix(1_000_000_000, 0)}
}

func (w *work) commit() error {
	_, worktree, err := w.repository()
	if err != nil {
		return err
	}
	err = errors.Join(
		util.WriteFile(w.billy, "README", []byte("read this\n"), 0o644),
		util.WriteFile(w.billy, "new/dir/file", []byte("new\n"), 0o644),
		util.WriteFile(w.billy, "new/tool", []byte("#!/bin/sh\n"), 0o755),
		w.billy.Remove("empty"),
	)
	if w.withLinks {
		err = errors.Join(err, w.billy.Symlink("../README", "new/link"), w.billy.Remove("relative"), w.billy.Symlink("many", "relative"))
	}
	if err != nil {
		return err
	}
	if err := worktree.AddWithOptions(&git.AddOptions{All: true}); err != nil {
		return err
	}
	if _, err := worktree.Commit("second", &git.CommitOptions{Author: signature()}); err != nil {
		return err
	}
	return w.clean()
}

func (w *work) checkout() error {
	_, worktree, err := w.repository()
	if err != nil {
		return err
	}
	feature := plumbing.NewBranchReferenceName("feature")
	err = worktree.Checkout(&git.CheckoutOptions{Branch: feature, Create: true, Hash: w.hash("refs/remotes/origin/feature")})
	if err != nil {
		return err
	}
	_, missing := w.worktree.Stat("many")
	content, err := afero.ReadFile(w.worktree, "feature")
	if err != nil || string(content) != "f\n" || !errors.Is(missing, fs.ErrNotExist) {
		return fmt.Errorf("feature: %q, %w; many: %w", content, err, missing)
	}
	if err := w.clean(); err != nil {
		return err
	}
	if err := worktree.Checkout(&git.CheckoutOptions{Branch: plumbing.NewBranchReferenceName("main")}); err != nil {
		return err
	}
	return w.clean()
}

func (w *work) hash(name string) plumbing.Hash {
	reference, err := w.clonedAs.Reference(plumbing.ReferenceName(name), true)
	if err != nil {
		return plumbing.ZeroHash
	}
	return reference.Hash()
}

func (w *work) push() error {
	repository, _, err := w.repository()
	if err != nil {
		return err
	}
	if err := repository.Push(&git.PushOptions{}); err != nil {
		return err
	}
	_, fsck := w.origin.run("", "fsck", "--strict", "--full")
	return errors.Join(
		fsck,
		w.origin.says(w.hash("HEAD").String(), "rev-parse", "main"),
		w.origin.says("second\nfirst", "log", "--format=%s", "main"),
	)
}

// pushHere goes to a server of go-git in this process.
func (w *work) pushHere() error {
	repository, _, err := w.repository()
	if err != nil {
		return err
	}
	b := billyfs.ToBilly(w.bare)
	if _, err = git.Init(storage(b), nil); err != nil {
		return err
	}
	client.InstallProtocol("afero", server.NewClient(server.NewFilesystemLoader(b)))
	w.t.Cleanup(func() { client.InstallProtocol("afero", nil) })
	here, err := repository.CreateRemote(&config.RemoteConfig{Name: "here", URLs: []string{"afero://here/"}})
	if err != nil {
		return err
	}
	if err = here.Push(&git.PushOptions{RemoteName: "here", RefSpecs: []config.RefSpec{"refs/heads/*:refs/heads/*"}}); err != nil {
		return err
	}
	dir, err := onHost(w.t, w.bare)
	if err != nil {
		return err
	}
	there := w.origin.in(dir)
	_, fsck := there.run("", "fsck", "--strict", "--full")
	_, clone := there.run("", "clone", "-q", "--branch", "main", dir, w.t.TempDir())
	return errors.Join(fsck, clone, there.says(w.hash("HEAD").String(), "rev-parse", "main"))
}

// reopen packs the references, and begins again with what is in the filesystem alone. RepackObjects is left out: it fails for each tree with a symbolic link, also on go-billy's osfs.
func (w *work) reopen() error {
	repository, _, err := w.repository()
	if err != nil {
		return err
	}
	main := w.hash("refs/heads/main")
	if err = repository.Storer.PackRefs(); err != nil {
		return err
	}
	dot, err := w.billy.Chroot(".git")
	if err != nil {
		return err
	}
	if w.clonedAs, err = git.Open(storage(dot), w.billy); err != nil {
		return err
	}
	if _, err = w.worktree.Stat(".git/refs/heads/main"); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("refs/heads/main is not packed: %w", err)
	}
	if found := w.hash("refs/heads/main"); found != main {
		return fmt.Errorf("main is %s, and not %s", found, main)
	}
	return w.clean()
}

func (w *work) inOrder() error {
	if err := w.clean(); err != nil {
		return err
	}
	dir, err := onHost(w.t, w.worktree)
	if err != nil {
		return err
	}
	said, err := w.origin.in(dir).run("", "fsck", "--strict", "--full")
	if err == nil && strings.Contains(said, "dangling") {
		err = errors.New(said)
	}
	if _, locked := os.Lstat(dir + "/.git/index.lock"); locked == nil {
		err = errors.Join(err, errors.New("index.lock is left"))
	}
	return errors.Join(err, w.origin.in(dir).says("second\nfirst", "log", "--format=%s"))
}
