package memfallback

const (
	pageBits = 16
	pageSize = 1 << pageBits // bytes

	fanBits = 6
	fanout  = 1 << fanBits
	fanMask = fanout - 1
)

type page = [pageSize]byte

// pageTree finds a page by its number. It is a radix tree, as high as its last page needs, that has no nodes where
// there are no pages: one page far out costs a node for each level.
type pageTree struct {
	root   *pageNode
	height int   // levels; pages have numbers below 1 << (height * fanBits)
	count  int64 // pages
}

// pageNode has children above the lowest level and pages on it.
type pageNode struct {
	children *[fanout]*pageNode
	pages    *[fanout]*page
}

func newPageNode(level int) *pageNode {
	if level == 0 {
		return &pageNode{pages: new([fanout]*page)}
	}
	return &pageNode{children: new([fanout]*pageNode)}
}

// slot is the place of page i in a node of the level; the lowest is 0.
func slot(i int64, level int) int { return int(i>>(level*fanBits)) & fanMask }

// covers reports whether page i has a place in the tree as it is.
func (t *pageTree) covers(i int64) bool { return t.root != nil && i>>(t.height*fanBits) == 0 }

// get returns page i, nil if it was never made.
func (t *pageTree) get(i int64) *page {
	if !t.covers(i) {
		return nil
	}
	n := t.root
	for level := t.height - 1; level > 0; level-- {
		if n = n.children[slot(i, level)]; n == nil {
			return nil
		}
	}
	return n.pages[slot(i, 0)]
}

// ensure returns page i and makes it, zeroed, if it is not there.
func (t *pageTree) ensure(i int64) *page {
	for !t.covers(i) {
		n := newPageNode(t.height)
		if t.root != nil {
			n.children[0] = t.root
		}
		t.root = n
		t.height++
	}
	n := t.root
	for level := t.height - 1; level > 0; level-- {
		child := &n.children[slot(i, level)]
		if *child == nil {
			*child = newPageNode(level - 1)
		}
		n = *child
	}
	p := &n.pages[slot(i, 0)]
	if *p == nil {
		*p = new(page)
		t.count++
	}
	return *p
}

// next returns the number of the first page that is there, from i on, or -1.
func (t *pageTree) next(i int64) int64 {
	if !t.covers(i) {
		return -1
	}
	return t.root.next(i, t.height-1)
}

// next is that of the tree with i relative to the node's first page.
func (n *pageNode) next(i int64, level int) int64 {
	for s := slot(i, level); s < fanout; s++ {
		first := int64(s) << (level * fanBits)
		if level == 0 {
			if n.pages[s] != nil {
				return first
			}
			continue
		}
		if child := n.children[s]; child != nil {
			if found := child.next(max(i-first, 0), level-1); found >= 0 {
				return first + found
			}
		}
	}
	return -1
}

// cut drops all pages from i on.
func (t *pageTree) cut(i int64) {
	if !t.covers(i) {
		return
	}
	if i == 0 {
		*t = pageTree{}
		return
	}
	t.count -= t.root.cut(i, t.height-1)
}

// cut returns how many pages it dropped. i is relative to the node's first page.
func (n *pageNode) cut(i int64, level int) (dropped int64) {
	for s := slot(i, level); s < fanout; s++ {
		if level == 0 {
			if n.pages[s] != nil {
				n.pages[s] = nil
				dropped++
			}
			continue
		}
		if child := n.children[s]; child != nil {
			rest := max(i-int64(s)<<(level*fanBits), 0)
			dropped += child.cut(rest, level-1)
			if rest == 0 {
				n.children[s] = nil
			}
		}
	}
	return dropped
}
