package tempfs_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The longest component and the longest name, without the NUL that ends it in C (limits.h).
const (
	nameMax = 255
	pathMax = 4095
)

var (
	longName    = strings.Repeat("n", nameMax)
	tooLongName = longName + "n"
	longPath    = strings.Repeat("./", (pathMax-1)/2) + "f"
	tooLongPath = "/" + longPath
)

// manyLinks is the root by way of so many links. symlink(7) has at most 40 for one name.
func manyLinks(n int) string { return strings.Repeat("sd/../", n) }

// plantErrnoTree makes what the names of errnoNames lead to, as the user who is to act. Its rights are set last.
func plantErrnoTree(t *testing.T, fsys posix) {
	t.Helper()
	for _, dir := range []string{"d", "d/e", "empty", "noexec", "noexec/e", "nowrite", "nowrite/e", "noread", "sticky", "setgid"} {
		require.NoError(t, fsys.Mkdir(dir, 0o755))
	}
	for _, file := range []string{
		"f", "g", "d/f", "shut", "setid", "setgidfile", "lockfile", "noexec/f", "nowrite/f", "noread/f", "sticky/f", longName,
	} {
		require.NoError(t, put(fsys, file, "text"))
	}
	for _, link := range [][2]string{
		{"f", "s"},
		{"d", "sd"},
		{"missing", "dangling"},
		{"empty/new", "danglingdeep"},
		{"b", "a"},
		{"a", "b"},
		{"self", "self"},
		{"f/", "sslash"},
		{"/f", "absolute"},
		{"/../../f", "clamped"},
		{"f", "nowrite/s"},
		{"shut", "sshut"},
		{tooLongName, "slong"},
		{longPath, "slongpath"},
		{manyLinks(39) + "s", "s40"},
	} {
		require.NoError(t, fsys.SymlinkIfPossible(link[0], link[1]))
	}
	require.NoError(t, fsys.Link("g", "d/g"))
	for name, mode := range map[string]fs.FileMode{
		"shut": 0, "noexec": 0o666, "nowrite": 0o555, "noread": 0o333, "sticky": fs.ModeSticky | 0o777, "setgid": fs.ModeSetgid | 0o755,
		"setid": fs.ModeSetuid | fs.ModeSetgid | 0o755, "setgidfile": fs.ModeSetgid | 0o751, "lockfile": fs.ModeSetgid | 0o644,
	} {
		require.NoError(t, fsys.Chmod(name, mode))
	}
}

// errnoNames are names that each operation is tried with: one for each way that path_resolution(7) has of ending.
var errnoNames = []string{
	"f", "g", "d", "d/f", "d/e", "empty", "s", "sd", "dangling", "danglingdeep", "missing", "absolute", "clamped", longName, // kinds
	"f/", "d/", "empty/", "s/", "sd/", "dangling/", "missing/", "sslash", "d//", // with a slash behind them
	"f/x", "s/x", "dangling/x", "missing/x", "a/x", "f/.", "f/..", "missing/..", "missing/.", "s/..", // below what is no directory
	".", "..", "/", "", "d/.", "d/..", "d/e/..", "sd/..", "/../f", "//f", "d/./f", "d/../f", // dots
	"a", "self", "a/", "s40", "sd/../s40", // links: loops, and too many
	manyLinks(40) + "f", manyLinks(41) + "f", manyLinks(39) + "s", manyLinks(40) + "s", manyLinks(40) + "new", manyLinks(41) + "new", manyLinks(40) + "sd", manyLinks(40) + "sd/",
	tooLongName, tooLongName + "/x", "d/" + tooLongName, "f/" + tooLongName, "missing/" + tooLongName, longPath, tooLongPath, "slong", "slongpath", // too long
	"a\x00b", "missing\x00", // no names
	"shut", "sshut", "noexec", "noexec/f", "noexec/e", "noexec/new", "noexec/..", "noexec/.", "noexec/missing/x", // without rights
	"nowrite/f", "nowrite/e", "nowrite/s", "nowrite/new", "nowrite/new/", "nowrite/e/new", "noread", "noread/f", "noread/new",
	"sticky", "sticky/f", "sticky/new", "setgid", "setgid/new", "setid", "setgidfile", "lockfile", // with special bits
}

// errnoPairNames are those that every other is tried with in operations of two names: fewer, since most ways to end have been seen.
var errnoPairNames = []string{
	"f", "g", "d", "d/f", "d/g", "d/e", "empty", "s", "sd", "dangling", "missing", "f/", "d/", "sd/", "missing/", "f/x", "missing/x", "d/missing",
	".", "/", "d/..", "d/.", "d/e/new", "a", manyLinks(41) + "f", longName, tooLongName, longPath, tooLongPath, "",
	"noexec/f", "noexec", "nowrite/f", "nowrite/new", "nowrite/e", "sticky/f", "setgid/new", "setid", "shut",
}

// isRoot reports whether the name leads to the root of plantErrnoTree.
func isRoot(name string) bool {
	return slices.Contains([]string{".", "..", "/", "d/..", "sd/..", "noexec/.."}, name)
}
