package peers

import (
	"fmt"
	"io"
	"strings"
)

// workplace is where a contender does a row, in a filesystem of its own.
type workplace struct {
	place
	putter // if it has one
	scale  scale
	block  []byte // for reads
}

// scale is how much there is in the large rows: all that they ask for, or as much as a test has time for.
type scale struct {
	large, far           int64 // bytes of a large file, and an offset far beyond an end
	listed, moved, ended int   // files of the largest listing, of the directory that is renamed, and of the tree that is removed
}

var (
	full  = scale{large: 64 << 20, far: 1 << 30, listed: 100_000, moved: 10_000, ended: 100_000}
	small = scale{large: 1 << 20, far: 4 << 20, listed: 300, moved: 100, ended: 300}
)

const (
	blockSize = 4 << 10
	pieceSize = 64 << 10
)

func newWorkplace(c contender, s scale) (*workplace, error) {
	p, err := c.open()
	if err != nil {
		return nil, err
	}
	w := &workplace{place: p, scale: s, block: make([]byte, pieceSize)}
	w.putter, _ = p.system.(putter)
	return w, nil
}

// path is a name as the contender wants it.
func (w *workplace) path(name string) string { return w.prefix + name }

// paths are so many names in a directory, which may be the root: "".
func (w *workplace) paths(dir string, n int) []string {
	paths := make([]string, n)
	for i := range paths {
		paths[i] = w.path(inside(dir, fmt.Sprintf("f%d", i)))
	}
	return paths
}

func inside(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// parents makes the directories above a name of so many components, and returns the lowest.
func (w *workplace) parents(depth int) (string, error) {
	dir := strings.TrimSuffix(strings.Repeat("d/", depth-1), "/")
	for i := 1; i < 2*(depth-1); i += 2 {
		if err := w.Mkdir(w.path(dir[:i])); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// put makes a file of some content.
func (w *workplace) put(path string, content []byte) error {
	if w.putter != nil {
		return w.Put(path, content)
	}
	f, err := w.Create(path)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		return err
	}
	return f.Close()
}

// putAll makes files of the same content.
func (w *workplace) putAll(paths []string, content []byte) error {
	for _, path := range paths {
		if err := w.put(path, content); err != nil {
			return err
		}
	}
	return nil
}

// putLarge makes a large file, in pieces.
func (w *workplace) putLarge(path string) error {
	f, err := w.Create(path)
	if err != nil {
		return err
	}
	piece := pattern(pieceSize)
	for offset := int64(0); offset < w.scale.large; offset += pieceSize {
		if _, err := f.Write(piece); err != nil {
			return err
		}
	}
	return f.Close()
}

// get reads a file to its end with reads of a size, and returns how much there was.
func (w *workplace) get(path string, block []byte) (int64, error) {
	f, err := w.Open(path)
	if err != nil {
		return 0, err
	}
	var total int64
	for {
		n, err := f.Read(block)
		total += int64(n)
		if err == io.EOF {
			break
		}
		if err != nil {
			return total, err
		}
	}
	return total, f.Close()
}

// removeEach removes files.
func (w *workplace) removeEach(paths []string) error {
	for _, path := range paths {
		if err := w.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// pattern is content of which no two neighbouring blocks are alike.
func pattern(size int) []byte {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i ^ i>>8)
	}
	return content
}
