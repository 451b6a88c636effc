package disk

import (
	"io/fs"
	"strings"
)

// level is a directory on the way down.
type level struct {
	above *level // nil for the first
	name  string // in the level above; of the first the path in the root of the walk
	depth int
	info  fs.FileInfo // of the directory; nil for that of the root of the walk

	root   guard // the directory, while opened
	opened bool

	pending  []string
	stuck    map[string]bool // names that cannot go
	listed   bool            // to its end, once
	passes   int             // since
	swaps    int             // of its entries
	repaired bool
}

// path is made for failures alone: one a level would take the square of the depth.
func (l *level) path() string {
	var names []string
	for ; l != nil && l.name != "."; l = l.above {
		names = append(names, l.name)
	}
	if len(names) == 0 {
		return "."
	}
	return reversed(names)
}

func (l *level) pathOf(name string) string {
	if path := l.path(); path != "." {
		return path + "/" + name
	}
	return name
}

func (l *level) stick(name string) {
	if l.stuck == nil {
		l.stuck = map[string]bool{}
	}
	l.stuck[name] = true
}

func (l *level) close() {
	if l.opened && l.info != nil { // the root of the walk is not ours
		_ = l.root.Close()
		l.opened = false
	}
}

func reversed(names []string) string {
	var b strings.Builder
	for i := len(names) - 1; i >= 0; i-- {
		b.WriteString(names[i])
		if i > 0 {
			b.WriteByte('/')
		}
	}
	return b.String()
}
