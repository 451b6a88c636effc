//go:build !linux

package disk

import (
	"os"
	"path/filepath"
	"strings"
)

// Strand is for a Sub, after the entry was moved out of the tree of: if its directory was that, or below it, it is closed.
func (t *Tree) Strand(_ *Tree, moved *Entry) {
	gone := moved.dir.of(moved.base)
	if t.dir == filepath.FromSlash(gone) || strings.HasPrefix(t.dir, gone+string(os.PathSeparator)) {
		_ = t.root.Close()
	}
}
