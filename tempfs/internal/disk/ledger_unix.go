//go:build unix && !aix && !solaris

package disk

import (
	"io/fs"
	"syscall"
)

// records finds a record by its inode.
type records map[identity]*record

func newRecords() records { return records{} }

func (r records) find(id identity) *record { return r[id] }

func (r records) add(id identity, rec *record) { r[id] = rec }

func (r records) remove(id identity) { delete(r, id) }

// identityIn is that of the inode with the info, which is of this package.
func identityIn(info fs.FileInfo) identity {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return identityOfStat(stat)
	}
	return identity{}
}

// hasNoName reports whether the last name of an inode is gone.
func hasNoName(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink == 0
}
