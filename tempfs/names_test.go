package tempfs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRootNameHasItsGrammar(t *testing.T) {
	grammar := regexp.MustCompile(`^pre-[a-z0-9_]{12}\.suf$`)
	seen := map[string]bool{}
	for range 1000 {
		name := rootName("pre-", ".suf")
		require.Regexp(t, grammar, name)
		require.False(t, seen[name], "drawn twice: %s", name)
		seen[name] = true

		random, check := name[4:12], name[12:16]
		require.Equal(t, checkChars("pre-", random, ".suf"), check)
	}
}

func TestCheckCharactersTellAffixesApart(t *testing.T) {
	base := checkChars("a", "12345678", "b")
	require.NotEqual(t, base, checkChars("ab", "12345678", ""))
	require.NotEqual(t, base, checkChars("", "12345678", "ab"))
	require.NotEqual(t, base, checkChars("a", "12345679", "b"))
}

func TestTakenNameGivesTheNext(t *testing.T) {
	parent := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(parent, "taken"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(parent, "file"), nil, 0o600))
	require.NoError(t, os.Symlink("dangling", filepath.Join(parent, "link")))
	names := []string{"taken", "file", "link", "free"}
	tree, err := makeRoot(parent, func() string {
		name := names[0]
		names = names[1:]
		return name
	})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(parent, "free"), tree.Dir())
	require.NoError(t, tree.Release(t.Context(), nil))
}

func TestNamesRunOut(t *testing.T) {
	parent := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(parent, "taken"), 0o700))
	tries := 0
	_, err := makeRoot(parent, func() string { tries++; return "taken" })
	require.ErrorIs(t, err, fs.ErrExist)
	require.Equal(t, maxNames, tries)
}

func TestRootThatCannotBeMadeIsTriedOnce(t *testing.T) {
	tries := 0
	_, err := makeRoot(filepath.Join(t.TempDir(), "missing"), func() string { tries++; return "x" })
	require.True(t, errors.Is(err, fs.ErrNotExist))
	require.Equal(t, 1, tries)
}
