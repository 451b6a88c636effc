package tempfs

import (
	"io/fs"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// RealPath returns the path on the host of name, links resolved inside the Fs: for a program to run, a database to
// open. The last component may be missing, its parent may not. What is done by that path is outside of this package's
// care: it follows whatever link somebody puts there afterwards.
//
// In memory, and with [SpillOver], it fails with [ErrNoRealPath].
func (f *Fs) RealPath(name string) (string, error) {
	if !f.enter() {
		return "", pathError(opRealPath, name, fs.ErrClosed)
	}
	defer f.leave()
	if err := f.hook().check(Op{Kind: OpRealPath, Name: name}); err != nil {
		return "", pathError(opRealPath, name, err)
	}
	tree, ok := f.tree.(*disk.Tree)
	if !ok {
		return "", pathError(opRealPath, name, ErrNoRealPath)
	}
	host, errno := tree.RealPath(name)
	if errno != 0 {
		return "", pathError(opRealPath, name, errno)
	}
	return host, nil
}
