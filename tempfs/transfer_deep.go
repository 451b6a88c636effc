package tempfs

import (
	"io/fs"
	"strings"
)

// A directory whose name has more than maxBytes or maxLevels becomes a root. What is in it may have no name any more that can be said from
// the old one: maxBytes is half of PATH_MAX (limits.h). And on disk the use of a name can take as many steps as its levels squared.
const (
	maxBytes  = 2048
	maxLevels = 32
)

func isDeep(name string) bool {
	return len(name) > maxBytes || strings.Count(name, "/") > maxLevels
}

// below copies the entries of the directory r, however deep it is, if both sides are an Fs.
func (t *transfer) below(r route, entries []fs.DirEntry, inMade bool) error {
	from, ok := t.from.(virtualSource)
	to, both := t.to.Fs.(*Fs)
	if !ok || !both || !isDeep(r.from) && !isDeep(r.to) {
		return t.entries(r, entries, inMade)
	}
	fromSub, err := from.Sub(r.from)
	if err != nil {
		return t.named(r, err)
	}
	defer func() { _ = fromSub.Release() }()
	toSub, err := to.Sub(r.to)
	if err != nil {
		return t.named(r, err)
	}
	defer func() { _ = toSub.Release() }()
	return t.deeper(r, virtualSource{fromSub, from.readableOnly}, toSub, entries, inMade)
}

// deeper goes on from the root of both, which are the directory r. A hard link between there and here becomes a file of its own.
func (t *transfer) deeper(r route, from source, to *Fs, entries []fs.DirEntry, inMade bool) error {
	deep := *t
	deep.from, deep.to, deep.above = from, newDestination(to), t.name(r)
	deep.links, deep.made, deep.closed = nil, nil, nil
	err := deep.finish(deep.entries(route{"/", "/"}, entries, inMade))
	t.progress, t.buffer = deep.progress, deep.buffer
	t.noReflink, t.noCopyInPlace = deep.noReflink, deep.noCopyInPlace
	return err
}
