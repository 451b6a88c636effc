package tempfs_test

import (
	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// conformer is a column of the table in docs/conformance.md.
type conformer struct {
	name    string
	newFs   func() (afero.Fs, error)
	without []aferotest.Ability
}

// memMap are the abilities that afero's filesystems in memory do not claim.
var memMap = []aferotest.Ability{aferotest.Symlinks, aferotest.HardLinks, aferotest.Errors}

// conformers are our backends, and what afero has.
var conformers = []conformer{
	{"disk", newOn("disk"), nil},
	{"memory", newOn("memory"), nil},
	{"spill", newOn("spill"), nil},
	{"MemMapFs", func() (afero.Fs, error) { return afero.NewMemMapFs(), nil }, memMap},
	{"BasePathFs(OsFs)", newBasePath, []aferotest.Ability{aferotest.HardLinks, aferotest.Errors}},
	{"CopyOnWriteFs", newCopyOnWrite, memMap},
	{"CacheOnReadFs", newCacheOnRead, memMap},
}

func newOn(backend string) func() (afero.Fs, error) {
	return func() (afero.Fs, error) { return tempfs.New(optionsFor(backend)...) }
}

// basePathFs is in a chroot, where links that lead out of it harm nobody.
type basePathFs struct {
	*afero.BasePathFs
	host *aferotest.Oracle
}

func (b basePathFs) Close() error { return b.host.Close() }

func newBasePath() (afero.Fs, error) {
	host, err := aferotest.NewOracle() // as afero.OsFs: package os
	if err != nil {
		return nil, err
	}
	base, _ := afero.NewBasePathFs(host, "/base").(*afero.BasePathFs)
	return basePathFs{base, host}, host.Mkdir("/base", 0o755)
}

// newCopyOnWrite has all changes in a layer over a base that is read-only.
func newCopyOnWrite() (afero.Fs, error) {
	return afero.NewCopyOnWriteFs(afero.NewReadOnlyFs(afero.NewMemMapFs()), afero.NewMemMapFs()), nil
}

// newCacheOnRead has what is read in a layer over a base that takes the changes.
func newCacheOnRead() (afero.Fs, error) {
	return afero.NewCacheOnReadFs(afero.NewMemMapFs(), afero.NewMemMapFs(), 0), nil
}
