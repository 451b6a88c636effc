package tempfs

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRootNameHasItsGrammar(t *testing.T) {
	grammar := regexp.MustCompile(`^pre-[a-z0-9_]{12}\.suf$`)
	seen := map[string]bool{}
	for range 1000 {
		name := rootName("pre-", ".suf", true)
		require.Regexp(t, grammar, name)
		require.False(t, seen[name], "drawn twice: %s", name)
		seen[name] = true

		random, check := name[4:12], name[12:16]
		require.Equal(t, checkChars("pre-", random, ".suf"), check)

		unlocked := rootName("pre-", ".suf", false)
		require.Regexp(t, grammar, unlocked)
		require.NotEqual(t, checkChars("pre-", unlocked[4:12], ".suf"), unlocked[12:16], "it would be swept")
	}
}

func TestCheckCharactersTellAffixesApart(t *testing.T) {
	base := checkChars("a", "12345678", "b")
	require.NotEqual(t, base, checkChars("ab", "12345678", ""))
	require.NotEqual(t, base, checkChars("", "12345678", "ab"))
	require.NotEqual(t, base, checkChars("a", "12345679", "b"))
}
