package disk

import (
	"context"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// removableAttribute is beside keptAttribute what a directory has that may be removed for newer ones. No directory has it from birth and nobody sets it on
// one by chance; programs for backups take it off, and then the directory stays. Tests under Wine, which has none for directories,
// take another.
var removableAttribute uint32 = windows.FILE_ATTRIBUTE_ARCHIVE

// markKept is mark, for one that may be removed later.
func (a *anchor) markKept() syscall.Errno { return setMark(a.host(), keptAttribute|removableAttribute) }

// RemoveKept removes directories that [Tree.Keep] left in the host directory dir and whose names isKin knows, but for the last of them, as many as that
// says. One that it cannot remove stays.
func RemoveKept(dir string, isKin func(name []byte) bool, last int) {
	p, err := openParent(dir)
	if err != nil || !p.locks() {
		return
	}
	candidates, _ := p.candidates(context.Background(), isKin)
	var all []keptRoot
	for _, c := range candidates {
		k := keptRoot{a: &anchor{parent: p, name: c.name}}
		if facts, errno := k.a.look(); errno == 0 && facts.isRemovable() {
			k.changed = facts.changed
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b keptRoot) int { return b.changed.Compare(a.changed) })
	for _, k := range all[min(last, len(all)):] {
		k.a.removeKept()
	}
}

// keptRoot is a directory that was kept, as it was found by its name.
type keptRoot struct {
	a       *anchor
	changed time.Time // of the mark, unless somebody has changed the directory since
}

// isRemovable is for directories of this user alone.
func (f rootFacts) isRemovable() bool {
	const kind = windows.FILE_ATTRIBUTE_DIRECTORY | windows.FILE_ATTRIBUTE_REPARSE_POINT
	mark := keptAttribute | removableAttribute
	return f.attributes&kind == windows.FILE_ATTRIBUTE_DIRECTORY && f.isOurs && f.attributes&mark == mark
}

// removeKept removes the directory that look has seen if it is still one that was kept. The hold excludes all others that remove it.
func (a *anchor) removeKept() {
	defer a.close()
	between()
	if found, errno := a.seize(); found != orphaned || errno != 0 {
		return
	}
	between()
	if facts, errno := factsOf(windows.Handle(a.held.Fd())); errno == 0 && facts.isRemovable() {
		_ = a.remove(context.Background(), nil)
	}
}
