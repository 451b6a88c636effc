//go:build !unix || aix || solaris

package disk

import (
	"io/fs"
	"slices"
)

// records finds a record by its inode. Package os can compare two infos, and says no number to look one up by.
type records struct{ all *[]identified }

type identified struct {
	identity
	record *record
}

func newRecords() records { return records{&[]identified{}} }

func (r records) index(id identity) int {
	return slices.IndexFunc(*r.all, func(i identified) bool { return i.isOf(id.info) })
}

func (r records) find(id identity) *record {
	if i := r.index(id); i >= 0 {
		return (*r.all)[i].record
	}
	return nil
}

func (r records) add(id identity, rec *record) { *r.all = append(*r.all, identified{id, rec}) }

func (r records) remove(id identity) {
	if i := r.index(id); i >= 0 {
		*r.all = slices.Delete(*r.all, i, i+1)
	}
}

// identityIn is that of the inode with the info, which is of this package.
func identityIn(i fs.FileInfo) identity { return identity{hostInfo(i)} }

// hasNoName cannot be told here.
func hasNoName(fs.FileInfo) bool { return false }
