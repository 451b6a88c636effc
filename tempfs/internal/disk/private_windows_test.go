package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// hostRootMode is what package os shows of any directory. Who gets at it says TestRootIsPrivate.
const hostRootMode = fs.ModeDir | fs.ModePerm

func TestRootIsPrivate(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "x")
	names := []string{".", "d", "d/f"}
	if isWine() {
		names = names[:1] // it keeps no access lists and makes up those of the others from their modes
	}
	u, err := user()
	require.NoError(t, err)
	for _, name := range names {
		const owned = windows.OWNER_SECURITY_INFORMATION | windows.DACL_SECURITY_INFORMATION
		descriptor, err := windows.GetNamedSecurityInfo(filepath.Join(tree.Dir(), name), windows.SE_FILE_OBJECT, owned)
		require.NoError(t, err)
		owner, _, err := descriptor.Owner()
		require.NoError(t, err)
		require.True(t, owner.Equals(u.sid), name)
		list, _, err := descriptor.DACL()
		require.NoError(t, err)
		require.NotZero(t, list.AceCount)
		for i := range list.AceCount {
			var entry *windows.ACCESS_ALLOWED_ACE
			require.NoError(t, windows.GetAce(list, uint32(i), &entry))
			require.True(t, mayEnter(sidOf(entry), u.sid), "%s %v", name, descriptor)
		}
	}
}

// sidOf is the account that an entry of an access list is about. It follows the mask in memory.
func sidOf(entry *windows.ACCESS_ALLOWED_ACE) *windows.SID {
	return (*windows.SID)(unsafe.Pointer(&entry.SidStart))
}

func mayEnter(sid, owner *windows.SID) bool {
	return sid.Equals(owner) || sid.IsWellKnown(windows.WinLocalSystemSid) || sid.IsWellKnown(windows.WinBuiltinAdministratorsSid)
}

func TestKeptRootIsMarked(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "x")
	require.Zero(t, tree.Keep())
	name, err := windows.UTF16PtrFromString(tree.Dir())
	require.NoError(t, err)
	attributes, err := windows.GetFileAttributes(name)
	require.NoError(t, err)
	require.NotZero(t, attributes&keptAttribute)
	require.FileExists(t, filepath.Join(tree.Dir(), "f"))
	require.NoError(t, os.RemoveAll(tree.Dir()), "the mark is in nobody's way")
}

func TestFilesystemsOfTheNetHaveNoLocks(t *testing.T) {
	require.True(t, parent{t.TempDir()}.locks())
	require.False(t, parent{`\\server\share\temp`}.locks())
}
