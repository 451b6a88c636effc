package tempfs

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParentOf(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "/": "", "//": "", "a": "", "a/": "", "/a": "", "/a/": "", "//a": "/",
		"a/b": "a", "a//b//": "a/", "a/.": "a", "a/..": "a", "/a/b": "/a",
	} {
		require.Equal(t, want, parentOf(name), "parent of %q", name)
	}
}

func TestEndsWithDot(t *testing.T) {
	for name, want := range map[string]bool{
		"": false, ".": true, "..": false, "a.": false, "a/.": true, "/.": true, "a/..": false, "a/./": false,
	} {
		require.Equal(t, want, endsWithDot(name), "%q", name)
	}
}

func TestSuffixForATestName(t *testing.T) {
	require.Equal(t, "-TestA_b_c_-1", suffixFor("TestA/b c#-1"))
	require.Len(t, suffixFor(string(make([]byte, 300))), 1+maxTestName)
}
