package tempfs

import "sync"

// openFiles lists the files of an Fs that are open. Strong references: a file that was dropped without Close
// stays open until the release, which is what closes it. Touched at open and close alone.
type openFiles struct {
	mu     sync.Mutex
	first  *file // guarded by mu, as are the links of each file
	number int64 // guarded by mu; of files on it
	sealed bool  // guarded by mu
}

// add reports whether f is now on the list. It is not once the list was closed: the opener closes f itself.
func (l *openFiles) add(f *file) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sealed {
		return false
	}
	f.next = l.first
	if l.first != nil {
		l.first.prev = f
	}
	l.first = f
	l.number++
	return true
}

// remove is for a file that add took; once.
func (l *openFiles) remove(f *file) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sealed { // closeAll has the list
		return
	}
	if f.prev != nil {
		f.prev.next = f.next
	} else {
		l.first = f.next
	}
	if f.next != nil {
		f.next.prev = f.prev
	}
	f.prev, f.next = nil, nil
	l.number--
}

// count is how many files are on the list.
func (l *openFiles) count() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.number
}

// all returns the files on the list.
func (l *openFiles) all() (all []*file) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for f := l.first; f != nil; f = f.next {
		all = append(all, f)
	}
	return all
}

// closeAll closes every file on the list, which takes no more files, and returns their names. A read that is blocked in one ends.
func (l *openFiles) closeAll() (names []string) {
	l.mu.Lock()
	l.sealed = true
	f := l.first
	l.first, l.number = nil, 0
	l.mu.Unlock()
	// Sealed, the links belong to this goroutine.
	for f != nil {
		next := f.next
		f.prev, f.next = nil, nil
		if !f.closed.Swap(true) {
			_ = bareHandle(f.handle).Close() // no hook stops a release
			names = append(names, f.name)
		}
		f = next
	}
	return names
}
