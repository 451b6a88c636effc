package tempfs_test

import (
	"io/fs"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// books are the infos of what an Fs holds: each file, directory and link but the root once, whatever its names.
type books []fs.FileInfo

// add puts in what is not there yet.
func (b *books) add(info fs.FileInfo) {
	for _, known := range *b {
		if tempfs.SameFile(known, info) {
			return
		}
	}
	*b = append(*b, info)
}

// used is what they come to. The size of a symbolic link is that of its target, that of a directory does not count.
func (b *books) used() (bytes, files int64) {
	for _, info := range *b {
		if info.Mode().IsRegular() || info.Mode().Type() == fs.ModeSymlink {
			bytes += info.Size()
		}
	}
	return bytes, int64(len(*b))
}

// booksOf looks at everything in the tree, and at files that are open and need not be in it.
func booksOf(t *testing.T, fsys *tempfs.Fs, open ...afero.File) *books {
	t.Helper()
	var b books
	walk(t, fsys, "/", func(_ string, info fs.FileInfo) { b.add(info) })
	root, err := fsys.Stat("/")
	require.NoError(t, err)
	for _, f := range open {
		info, err := f.Stat()
		require.NoError(t, err)
		if !tempfs.SameFile(root, info) {
			b.add(info)
		}
	}
	return &b
}

// requireBooks wants the usage to be what is in the tree, and in files that are open.
func requireBooks(t *testing.T, fsys *tempfs.Fs, open ...afero.File) {
	t.Helper()
	bytes, files := booksOf(t, fsys, open...).used()
	requireUsage(t, fsys, bytes, files)
}
