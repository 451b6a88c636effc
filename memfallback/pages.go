package memfallback

const (
	pageBits = 16
	pageSize = 1 << pageBits // bytes

	fanBits = 6
	fanout  = 1 << fanBits
	fanMask = fanout - 1
)

// pageTree finds the block of a page by its number. It is a radix tree, as high as its last page needs, that has no nodes where
// there are no pages: one page far out costs a node for each level.
type pageTree struct {
	root   *pageNode
	height int // levels; pages have numbers below 1 << (height * fanBits)
}

// pageNode has children above the lowest level and blocks on it.
type pageNode struct {
	children *[fanout]*pageNode
	blocks   *[fanout]*block
}

func newPageNode(level int) *pageNode {
	if level == 0 {
		return &pageNode{blocks: new([fanout]*block)}
	}
	return &pageNode{children: new([fanout]*pageNode)}
}

// slot is the place of page i in a node of the level; the lowest is 0.
func slot(i int64, level int) int { return int(i>>(level*fanBits)) & fanMask }

// covers reports whether page i has a place in the tree as it is.
func (t *pageTree) covers(i int64) bool { return t.root != nil && i>>(t.height*fanBits) == 0 }

// get returns the block of page i, nil if it has none.
func (t *pageTree) get(i int64) *block {
	if !t.covers(i) {
		return nil
	}
	n := t.root
	for level := t.height - 1; level > 0; level-- {
		if n = n.children[slot(i, level)]; n == nil {
			return nil
		}
	}
	return n.blocks[slot(i, 0)]
}

// ensure returns where the block of page i is, and makes that place if need be.
func (t *pageTree) ensure(i int64) **block {
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
	return &n.blocks[slot(i, 0)]
}

// next returns the number of the first page that has a block, from i on, or -1.
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
			if n.blocks[s] != nil {
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

// cut takes out all blocks from page i on and gives them to drop.
func (t *pageTree) cut(i int64, drop func(*block)) {
	if t.covers(i) {
		t.root.cut(i, t.height-1, drop)
	}
	if i <= 1 { // page 0 is not in here
		*t = pageTree{}
	}
}

// cut is that of the tree with i relative to the node's first page.
func (n *pageNode) cut(i int64, level int, drop func(*block)) {
	for s := slot(i, level); s < fanout; s++ {
		if level == 0 {
			if b := n.blocks[s]; b != nil {
				n.blocks[s] = nil
				drop(b)
			}
			continue
		}
		if child := n.children[s]; child != nil {
			rest := max(i-int64(s)<<(level*fanBits), 0)
			child.cut(rest, level-1, drop)
			if rest == 0 {
				n.children[s] = nil
			}
		}
	}
}

// shared is a tree with the same blocks, each of which is counted once more.
func (t *pageTree) shared() pageTree {
	if t.root == nil {
		return pageTree{}
	}
	return pageTree{root: t.root.shared(), height: t.height}
}

func (n *pageNode) shared() *pageNode {
	c := &pageNode{}
	if n.blocks != nil {
		c.blocks = new([fanout]*block)
		for i, b := range n.blocks {
			c.blocks[i] = b.share()
		}
		return c
	}
	c.children = new([fanout]*pageNode)
	for i, child := range n.children {
		if child != nil {
			c.children[i] = child.shared()
		}
	}
	return c
}
