package unpack

import (
	"archive/tar"
	"bytes"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestCleanNamesAreWithoutWhatMeansNothing(t *testing.T) {
	l := Limits{Depth: defaultDepth, Name: defaultName, Path: defaultPath}
	for name, want := range map[string]string{
		"a": "a", "a/b": "a/b", "a/": "a", "./a": "a", "a//b": "a/b", "a/./b/.": "a/b", ".": "", "./": "", "././/.": "", "...": "...", "..a/b..": "..a/b..", ".a": ".a",
	} {
		got, err := l.cleanName(name)
		require.NoError(t, err, name)
		require.Equal(t, want, got)
	}
}

// TestFoldIsEqualFold by package strings, for every rune and the first that differs from it by case.
func TestFoldIsEqualFold(t *testing.T) {
	for r := range unicode.MaxRune + 1 {
		if r >= 0xd800 && r < 0xe000 {
			continue // surrogates are no characters
		}
		name, other := "x"+string(r), "X"+string(unicode.SimpleFold(r))
		require.True(t, strings.EqualFold(name, other))
		if fold(name) != fold(other) {
			require.Equal(t, fold(name), fold(other), "%q %q", name, other)
		}
	}
	require.NotEqual(t, fold("a\xff"), fold("a\xfe"))
	require.NotEqual(t, fold("\u00e9"), fold("e\u0301"), "composed otherwise")
	require.Equal(t, "ABC-1", fold("ABC-1"))
}

func TestTarIsKnownByItsChecksum(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "na\u00efve", Typeflag: tar.TypeDir}))
	head := b.Bytes()[:tarBlock]
	require.True(t, isTar(head))
	require.True(t, isTar(make([]byte, 2*tarBlock)), "no entries")
	require.False(t, isTar(head[:tarBlock-1]))
	for i := range head {
		head[i] ^= 1
		require.False(t, isTar(head), i)
		head[i] ^= 1
	}
}

func TestNodesKnowWhereTheyAre(t *testing.T) {
	root := newDirectory("", nil)
	deep := newDirectory("b", newDirectory("a", root))
	require.Equal(t, "/base", root.below("/base"))
	require.Equal(t, "/base/a/b", deep.below("/base"))
	require.Equal(t, "/a/b", deep.below(""))
}
