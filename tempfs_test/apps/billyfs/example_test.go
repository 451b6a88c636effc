package billyfs_test

import (
	"fmt"

	"github.com/go-git/go-billy/v5/util"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/billyfs"
)

func ExampleToBilly() {
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		worktree := billyfs.ToBilly(fsys)
		dot, err := worktree.Chroot(".git")
		if err != nil {
			return err
		}
		repository, err := git.Init(filesystem.NewStorage(dot, cache.NewObjectLRUDefault()), worktree)
		if err != nil {
			return err
		}
		if err = util.WriteFile(worktree, "README", []byte("read me\n"), 0o644); err != nil {
			return err
		}
		tree, err := repository.Worktree()
		if err != nil {
			return err
		}
		blob, err := tree.Add("README")
		fmt.Println(blob)
		return err
	}, tempfs.InMemory())
	fmt.Println(err)
	// Output:
	// d9b401251bb36c51ca5c56c2ffc8a24a78ff20ae
	// <nil>
}
