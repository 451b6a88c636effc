package disk

import "syscall"

// Quota says how much a tree may hold, and keeps the books of it. It is the alias of a literal so that it is one type with that of memfallback, which
// tells what each method means.
type Quota = interface {
	Take(files, bytes int64) syscall.Errno
	Give(files, bytes int64)
	Grow(size, off, n int64) (int64, syscall.Errno)
	MaxDepth() int
	TooDeep(depth int) syscall.Errno
}

// Limit has the quota asked for all that the tree holds from now on. It is for a new tree.
func (t *Tree) Limit(q Quota) {
	t.ledger = &ledger{quota: q, records: newRecords()}
}

// RefuseSpecial has FIFOs, sockets and devices not opened from now on. It is for a new tree.
func (t *Tree) RefuseSpecial() { t.refusesSpecial = true }

// IsBound reports whether the tree has a quota, or refuses something. Then [Tree.OpenLimited] is for it and not OpenInto.
func (t *Tree) IsBound() bool { return t.ledger != nil || t.refusesSpecial }
