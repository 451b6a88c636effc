//go:build unix && !aix && !solaris

package disk

import (
	"cmp"
	"context"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// keptPerm is the mode of a root directory that may be removed for newer ones. A set-user-ID bit means nothing on a directory, and nobody sets it by
// chance: what was handed over to the user, and what he has marked himself by a sticky bit, differs.
const keptPerm = markedPerm | unix.S_ISUID

// markKept is mark, for one that may be removed later.
func (a *anchor) markKept() syscall.Errno {
	if err := unix.Fchmod(a.fd, keptPerm); err != nil {
		return a.mark()
	}
	return 0
}

// RemoveKept removes directories that [Tree.Keep] left in the host directory dir and whose names isKin knows, but for the last of them, as many as that
// says. One that it cannot remove stays.
func RemoveKept(dir string, isKin func(name []byte) bool, last int) {
	p, err := openParent(dir)
	if err != nil {
		return
	}
	defer p.close()
	if !p.locks() {
		return
	}
	candidates, _ := p.candidates(context.Background(), isKin)
	var all []keptRoot
	for _, c := range candidates {
		k := keptRoot{name: c.name}
		if unix.Fstatat(p.fd, c.name, &k.stat, unix.AT_SYMLINK_NOFOLLOW) == nil && isKept(&k.stat) {
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b keptRoot) int { return b.compare(&a) })
	for _, k := range all[min(last, len(all)):] {
		p.removeKept(k.name)
	}
}

// keptRoot is a directory that was kept, as it was found by its name.
type keptRoot struct {
	name string
	stat unix.Stat_t
}

// compare goes by the time of the mark, unless somebody has changed the directory since.
func (k *keptRoot) compare(other *keptRoot) int {
	a, b := k.stat.Ctim, other.stat.Ctim
	return cmp.Or(cmp.Compare(a.Sec, b.Sec), cmp.Compare(a.Nsec, b.Nsec))
}

// isKept is for directories of this user alone: root, too, takes none but its own.
func isKept(stat *unix.Stat_t) bool {
	return stat.Mode&unix.S_IFMT == unix.S_IFDIR && stat.Mode&allBits == keptPerm && int(stat.Uid) == unix.Geteuid()
}

// removeKept removes the directory if it is still one that was kept. The lock excludes all others that remove it.
func (p parent) removeKept(name string) {
	m := mount{of: p.fd}
	fd, errno := m.open(p.fd, append([]byte(name), 0))
	if errno != 0 {
		return
	}
	a := p.anchor(name, fd)
	defer a.closeRoot()
	between()
	if a.lock(unix.LOCK_EX) != 0 {
		return
	}
	between()
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) != nil || !isKept(&stat) {
		return
	}
	if found, errno := a.stillStands(); found == orphaned && errno == 0 {
		_ = a.remove(context.Background(), nil)
	}
}
