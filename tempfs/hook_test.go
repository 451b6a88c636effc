package tempfs

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/internal/disk"
)

// TestFsWithoutAHookHasNothingForIt: its backend and its files are those of the tree.
func TestFsWithoutAHookHasNothingForIt(t *testing.T) {
	Each(t, func(t *testing.T, f *Fs) {
		sub, err := f.Sub("/")
		require.NoError(t, err)
		clone, err := f.Clone()
		require.NoError(t, err)
		defer func() { require.NoError(t, clone.Release()) }()
		for _, f := range []*Fs{f, sub, clone} {
			require.Same(t, f.tree, f.backend)
			require.Same(t, f, f.unhooked())
			made, err := f.openAs("f", "f", os.O_RDWR|os.O_CREATE, 0o644)
			require.NoError(t, err)
			switch made.handle.(type) {
			case *disk.File, *memfallback.OpenFile:
			default:
				require.Fail(t, "another handle", "%T", made.handle)
			}
		}
	}, WithHook(nil))
}

// TestHookedFileHidesWhatPassesByTheHook: a descriptor, and infos by the page.
func TestHookedFileHidesWhatPassesByTheHook(t *testing.T) {
	var h any = (*hookedFile)(nil)
	_, isConn := h.(syscall.Conn)
	_, isInfoReader := h.(infoReader)
	require.False(t, isConn || isInfoReader)
}

// TestOpKindsAreNamed, each by another word.
func TestOpKindsAreNamed(t *testing.T) {
	words := map[string]bool{}
	for _, k := range OpKinds() {
		require.NotEmpty(t, k.String())
		words[k.String()] = true
	}
	require.Len(t, words, len(OpKinds()))
	require.Len(t, words, len(opWords)-1)
	require.Equal(t, "OpKind(0)", OpKind(0).String())
	require.Equal(t, "OpKind(99)", OpKind(99).String())
}
