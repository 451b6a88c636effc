package unpack

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/afero"
)

// maxFollowed is how many links Linux follows in one name, path_resolution(7).
const maxFollowed = 40

// symbolicLink takes note of a link. It is made, and judged, when everything else is there: nothing is written through it, and what it leads through is known then.
func (x *extraction) symbolicLink(n *node, e *Entry) error {
	target := e.Linkname
	if len(target) > x.limits.Path {
		return refuse(ErrTooDeep, "its target has %d bytes, and %d are allowed", len(target), x.limits.Path)
	}
	var refused *Error
	if errors.As(plain(target), &refused) {
		return refuse(ErrUnsafeLink, "it leads to %s: %s", quoted(target), refused.Reason)
	}
	if _, ok := x.fs.(afero.Linker); !ok {
		return refuse(afero.ErrNoSymlink, "the filesystem has no symbolic links")
	}
	if err := x.meter.content(int64(len(target)), 0); err != nil {
		return err
	}
	n.kind, n.entry, n.target = link, e.Name, strings.Clone(target)
	x.hasLinks = true
	return nil
}

// resolved is where a link leads.
type resolved struct {
	to      *node // nil: to nothing that the archive has
	follows int   // links, this one counted; 0 as long as it is being resolved
}

// resolve follows a link by what the archive made, as a kernel would: from where it is, through other links, and up from where these lead. Nothing is clamped at the
// place of unpacking: who climbs out of it is refused. So is ".." behind a name that the archive does not have: where that leads is up to others. Each link is
// resolved once; depth counts those that wait for this one.
func (x *extraction) resolve(l *node, depth int) (*resolved, error) {
	refused := func(format string, args ...any) error {
		return named(l.entry, refuse(ErrUnsafeLink, "it leads to "+quoted(l.target)+": "+format, args...))
	}
	switch r := l.resolved; {
	case r != nil && r.follows > 0:
		return r, nil
	case r != nil:
		return nil, refused("it comes back to itself")
	case depth == maxFollowed:
		return nil, refused("through more than %d links", maxFollowed)
	}
	r := &resolved{to: l.parent}
	l.resolved = r
	follows := 1
	for part := range strings.SplitSeq(l.target, "/") {
		next, err := x.step(r.to, part)
		if err != "" {
			return nil, refused("%s", err)
		}
		if next != nil && next.kind == link {
			through, err := x.resolve(next, depth+1)
			if err != nil {
				return nil, err
			}
			follows += through.follows
			next = through.to
		}
		if r.to = next; follows > maxFollowed {
			return nil, refused("through more than %d links", maxFollowed)
		}
	}
	r.follows = follows
	return r, nil
}

// step goes on from a node by one component. A node that is nil is one that the archive does not have.
func (x *extraction) step(at *node, part string) (next *node, refused string) {
	isDir := at != nil && at.kind == directory
	switch {
	case part == "..":
		switch {
		case !isDir:
			return nil, `".." is behind what is no directory of the archive`
		case at.parent == nil:
			return nil, "it climbs out"
		}
		return at.parent, ""
	case part == "" || part == ".":
		return at, ""
	case !isDir:
		return nil, ""
	}
	return at.children[x.key(part)], ""
}

// judgeLinks wants every link to lead to somewhere inside, or to nothing.
func (x *extraction) judgeLinks() error {
	return x.eachLink(func(l *node) error {
		_, err := x.resolve(l, 0)
		return err
	})
}

// makeLinks makes the links below directories that are still in the stage. Those at the top are made in their place: a rename could replace something there.
func (x *extraction) makeLinks() error {
	return x.eachLink(func(l *node) error {
		if l.parent == x.root {
			return nil
		}
		return named(l.entry, x.makeLink(l, l.below(x.stage)))
	})
}

// makeLink makes a link, and wants it to be as it was asked for: an afero.BasePathFs makes another one, which leads to the host.
func (x *extraction) makeLink(l *node, name string) error {
	if err := x.fs.(afero.Linker).SymlinkIfPossible(l.target, name); err != nil {
		return err
	}
	reader, ok := x.fs.(afero.LinkReader)
	if !ok {
		return nil
	}
	target, err := reader.ReadlinkIfPossible(name)
	if err == nil && filepath.ToSlash(target) != l.target {
		err = refuse(afero.ErrNoSymlink, "the filesystem keeps no targets as they are")
	}
	if err != nil {
		err = joined(err, x.fs.Remove(name))
	}
	return err
}

// eachLink calls fn for each symbolic link.
func (x *extraction) eachLink(fn func(*node) error) error {
	if !x.hasLinks {
		return nil
	}
	return x.root.directories(func(dir *node) error {
		for _, n := range dir.sorted() {
			if n.kind == link {
				if err := fn(n); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
