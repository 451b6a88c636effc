package disk

import (
	"math/bits"
	"sync"

	"golang.org/x/sys/unix"
)

// openFiles are the numbers of the descriptors of the files and Subs of a tree, so that they can be closed when nobody holds those any more. It leads to none
// of them: they could never become garbage.
type openFiles struct {
	mu  sync.Mutex
	set []uint64 // guarded by mu; a bit for each number
}

// add and remove stand around the time that a number means a file of the tree: it is removed before it is closed.
func (o *openFiles) add(fd int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for fd/64 >= len(o.set) {
		o.set = append(o.set, 0)
	}
	o.set[fd/64] |= 1 << (fd % 64)
}

func (o *openFiles) remove(fd int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.set[fd/64] &^= 1 << (fd % 64)
}

func (o *openFiles) closeAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, word := range o.set {
		for ; word != 0; word &= word - 1 {
			_ = unix.Close(i*64 + bits.TrailingZeros64(word))
		}
		o.set[i] = 0
	}
}
