package disk

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
)

// fitDepth gives the errno of a new name. mu is held.
func (l *ledger) fitDepth(t *Tree, name string) syscall.Errno {
	most := l.quota.MaxDepth()
	if most == 0 {
		return 0
	}
	way, errno := l.wayTo(t, name)
	if errno == 0 && len(way) > most {
		return l.quota.TooDeep(len(way))
	}
	return 0 // what is wrong with the name the operation says
}

// wayTo returns the components from the root of the tree to the entry that name means. mu is held.
func (l *ledger) wayTo(t *Tree, name string) ([]string, syscall.Errno) {
	way, isCertain := components(name)
	if !isCertain || l.hasLinks && len(way) > 1 && !t.isDirect(directoryOf(trimmedRight(name))) {
		p, errno := t.way()
		if errno != 0 {
			return nil, errno
		}
		place, errno := p.parent(name)
		if errno != 0 {
			return nil, errno
		}
		way = append(slices.Clip(place.dir), place.base)
	}
	if above := l.subs[t]; len(above) > 0 {
		way = append(slices.Clip(above), way...)
	}
	return way, 0
}

// wayBehind is wayTo for what open(2) makes: where the links lead that are at the end of name.
func (l *ledger) wayBehind(t *Tree, name string) ([]string, syscall.Errno) {
	p, errno := t.way()
	if errno != 0 {
		return nil, errno
	}
	place, errno := p.resolveTo(name, true, true)
	if errno != 0 {
		return nil, errno
	}
	return append(slices.Concat(l.subs[t], place.dir), place.base), 0
}

// components cuts a name up. It is not certain where one with ".." leads.
func components(name string) (way []string, isCertain bool) {
	isCertain = true
	for _, component := range strings.FieldsFunc(name, isSeparator) {
		switch component {
		case ".":
		case "..":
			isCertain = false
		default:
			way = append(way, component)
		}
	}
	return way, isCertain
}

func trimmedRight(name string) string {
	if trimmed := strings.TrimRightFunc(name, isSeparator); trimmed != "" {
		return trimmed
	}
	return name
}

// fitMove gives the errno of a rename by which something would be too deep. What goes up, or stays at its depth, is not. mu is held.
func (l *ledger) fitMove(t *Tree, moved *inode, oldname, newname string) syscall.Errno {
	if l.quota.MaxDepth() == 0 {
		return 0
	}
	from, errno := l.wayTo(t, oldname)
	if errno != 0 {
		return 0
	}
	to, errno := l.wayTo(t, newname)
	if errno != 0 || len(to) <= len(from) {
		return 0
	}
	height := 0
	if moved.kind == fs.ModeDir {
		t.visit(oldname, func(_ fs.FileInfo, depth int) { height = max(height, depth) })
	}
	if depth := len(to) + height; depth > l.quota.MaxDepth() {
		return l.quota.TooDeep(depth)
	}
	return 0
}

// cannotMove reports whether a rename is impossible in any case, for reasons that a system finds before a limit: do_renameat2 and vfs_rename in fs/namei.c. mu is held.
func (l *ledger) cannotMove(t *Tree, oldname, newname string) bool {
	from, to := trimmedRight(oldname), trimmedRight(newname)
	moved, errno := t.Lstat(from)
	switch {
	case errno != 0, isSpecialName(from), isSpecialName(to):
		return true
	case !moved.IsDir() && (from != oldname || to != newname):
		return true
	case l.isInside(t, from, to), t.mayWriteIn(directoryOf(from)) != 0, t.mayWriteIn(directoryOf(to)) != 0:
		return true
	}
	there, errno := t.Lstat(to)
	if errno == 0 {
		return there.IsDir() && !sameFile(moved, there) || moved.IsDir() && !there.IsDir()
	}
	return errno != syscall.ENOENT
}

// isInside reports whether the name to is one below from. mu is held.
func (l *ledger) isInside(t *Tree, from, to string) bool {
	above, errno := l.wayTo(t, from)
	if errno != 0 {
		return false
	}
	below, errno := l.wayTo(t, to)
	return errno == 0 && len(below) > len(above) && slices.Equal(below[:len(above)], above)
}

// relocation returns what is to be done after a rename: Subs may be elsewhere then. mu is held.
func (l *ledger) relocation(t *Tree, oldname, newname string) func() {
	if len(l.subs) == 0 {
		return func() {}
	}
	from, errno := l.wayTo(t, oldname)
	if errno != 0 {
		return func() {}
	}
	to, errno := l.wayTo(t, newname)
	if errno != 0 {
		return func() {}
	}
	return func() {
		for sub, way := range l.subs {
			if len(way) >= len(from) && slices.Equal(way[:len(from)], from) {
				l.subs[sub] = slices.Concat(to, way[len(from):])
			}
		}
	}
}

// sub makes sub the directory name, and holds its inode.
func (l *ledger) sub(t *Tree, name string, sub *Tree) syscall.Errno {
	l.mu.Lock()
	defer l.mu.Unlock()
	errno := t.sub(name, &sub.names)
	if errno != 0 {
		return errno
	}
	i, errno := sub.look("/")
	if errno != 0 {
		sub.close()
		return errno
	}
	sub.ledger, sub.held, sub.holds = l, i.id, true
	l.note(&i).handles++
	if l.quota.MaxDepth() == 0 {
		return 0
	}
	p, errno := t.way()
	if errno == 0 {
		var place *place
		if place, errno = p.resolve(name, true); errno == 0 {
			way := slices.Concat(l.subs[t], place.dir)
			if place.base != "" {
				way = append(way, place.base)
			}
			if l.subs == nil {
				l.subs = map[*Tree][]string{}
			}
			l.subs[sub] = way
		}
	}
	return 0
}

// leaveSub is for a Sub that is closed.
func (l *ledger) leaveSub(sub *Tree) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.subs, sub)
	if !sub.holds {
		return
	}
	sub.holds = false
	if r := l.find(sub.held); r != nil {
		r.handles--
		l.settle(r, sub.held)
	}
}

// longName makes a directory a root on the way down, in bytes: a name can say only so much.
const longName = 1024

// visit calls fn with what name is and all below it, and how many levels below that is. What cannot be read is left out.
func (n *names) visit(name string, fn func(info fs.FileInfo, depth int)) {
	info, errno := n.Lstat(name)
	if errno != 0 {
		return
	}
	fn(info, 0)
	if info.IsDir() {
		n.visitEntries(name, 1, fn)
	}
}

func (n *names) visitEntries(dir string, depth int, fn func(info fs.FileInfo, depth int)) {
	if len(dir) > longName {
		var sub names
		if n.sub(dir, &sub) != 0 {
			return
		}
		defer sub.close()
		n, dir = &sub, "."
	}
	f := &File{}
	if n.OpenInto(f, dir, os.O_RDONLY, 0) != 0 {
		return
	}
	entries, _ := f.ReadDir(-1)
	_ = f.Close()
	for _, entry := range entries {
		name := dir + "/" + entry.Name()
		info, errno := n.Lstat(name)
		if errno != 0 {
			continue
		}
		fn(info, depth)
		if info.IsDir() {
			n.visitEntries(name, depth+1, fn)
		}
	}
}
