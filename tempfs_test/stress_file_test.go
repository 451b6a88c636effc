package tempfs_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"

	"github.com/spf13/afero"
)

const (
	// stressBlockSize divides no size of a page or a buffer, so that blocks lie across their borders.
	stressBlockSize = 1000
	// maxStressBlocks is some pages of memory.
	maxStressBlocks = 200
)

// stressFile is an open file with a record of what must be in it. It is written and read by many at once, one block or a run of them by one writer at a
// time, so that each byte has one right value.
//
// Locks, in the order in which they are taken: shape, tail, then those of blocks, by number. Whoever truncates holds shape alone, so that others find
// the blocks that they saw. Whoever appends holds tail, beside those who write and read what is there.
type stressFile struct {
	id      uint64 // no two files have the same
	handle  afero.File
	append  afero.File // of the same file
	lastGen atomic.Uint64

	shape  sync.RWMutex
	tail   sync.Mutex
	length atomic.Int64 // in blocks; changed with shape, or shape to read and tail
	blocks [maxStressBlocks]stressBlock
}

// stressBlock is a block's generation: the number of the write that it holds, 0 for a hole.
type stressBlock struct {
	mu  sync.RWMutex
	gen uint64 // guarded by mu
}

// stressContent is what a write of generation gen puts into a block: no two blocks, files or generations have the same.
func stressContent(id uint64, block int, gen uint64) []byte {
	content := make([]byte, stressBlockSize)
	if gen == 0 {
		return content
	}
	r := rand.NewPCG(id<<32|uint64(block), gen)
	for i := 0; i+8 <= stressBlockSize; i += 8 {
		binary.LittleEndian.PutUint64(content[i:], r.Uint64())
	}
	return content
}

var lastStressFile atomic.Uint64

// newStressFile makes a file of some blocks under a name that is free.
func newStressFile(fsys afero.Fs, name string, blocks int) (*stressFile, error) {
	handle, err := fsys.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	appending, err := fsys.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	f := &stressFile{id: lastStressFile.Add(1), handle: handle, append: appending}
	return f, f.extend(blocks)
}

func (f *stressFile) close() error { return errors.Join(f.handle.Close(), f.append.Close()) }

// run picks blocks that follow one another. shape is held.
func (f *stressFile) run(r *rand.Rand) (from, to int) {
	length := int(f.length.Load())
	if length == 0 {
		return 0, 0
	}
	from = r.IntN(length)
	return from, min(length, from+1+r.IntN(80))
}

// overwrite writes a run of blocks in one piece.
func (f *stressFile) overwrite(r *rand.Rand) error {
	f.shape.RLock()
	defer f.shape.RUnlock()
	from, to := f.run(r)
	var content []byte
	for i := from; i < to; i++ {
		f.blocks[i].mu.Lock()
		defer f.blocks[i].mu.Unlock()
		f.blocks[i].gen = f.lastGen.Add(1)
		content = append(content, stressContent(f.id, i, f.blocks[i].gen)...)
	}
	n, err := f.handle.WriteAt(content, int64(from*stressBlockSize))
	if err == nil && n != len(content) {
		err = fmt.Errorf("%d of %d bytes written", n, len(content))
	}
	return err
}

// check reads a run of blocks in one piece.
func (f *stressFile) check(r *rand.Rand) error {
	f.shape.RLock()
	defer f.shape.RUnlock()
	from, to := f.run(r)
	for i := from; i < to; i++ {
		f.blocks[i].mu.RLock()
		defer f.blocks[i].mu.RUnlock()
	}
	return f.compare(io.NewSectionReader(f.handle, int64(from*stressBlockSize), int64((to-from)*stressBlockSize)), from, to)
}

// compare reads the blocks from r. Their locks are held.
func (f *stressFile) compare(r io.Reader, from, to int) error {
	got := make([]byte, stressBlockSize)
	for i := from; i < to; i++ {
		if _, err := io.ReadFull(r, got); err != nil {
			return fmt.Errorf("block %d of %d of file %d: %w", i, f.length.Load(), f.id, err)
		}
		if want := stressContent(f.id, i, f.blocks[i].gen); !bytes.Equal(got, want) {
			return fmt.Errorf("block %d of %d of file %d is not of generation %d: from byte %d", i, f.length.Load(), f.id, f.blocks[i].gen, firstDifference(got, want))
		}
	}
	return nil
}

func firstDifference(a, b []byte) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return len(a)
}

// freeze keeps all writers out until thaw.
func (f *stressFile) freeze() {
	f.shape.RLock()
	f.tail.Lock()
	for i := range f.length.Load() {
		f.blocks[i].mu.RLock()
	}
}

func (f *stressFile) thaw() {
	for i := range f.length.Load() {
		f.blocks[i].mu.RUnlock()
	}
	f.tail.Unlock()
	f.shape.RUnlock()
}

// checkAll reads the whole file and its end. It is frozen.
func (f *stressFile) checkAll(r io.Reader) error {
	if err := f.compare(r, 0, int(f.length.Load())); err != nil {
		return err
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		return fmt.Errorf("file %d has more than %d blocks: %d, %w", f.id, f.length.Load(), n, err)
	}
	return nil
}

// extend appends blocks.
func (f *stressFile) extend(blocks int) error {
	f.shape.RLock()
	defer f.shape.RUnlock()
	f.tail.Lock()
	defer f.tail.Unlock()
	length := int(f.length.Load())
	for range min(blocks, maxStressBlocks-length) {
		gen := f.lastGen.Add(1)
		f.blocks[length].gen = gen // nobody looks there yet
		if _, err := f.append.Write(stressContent(f.id, length, gen)); err != nil {
			return err
		}
		length++
		f.length.Store(int64(length))
	}
	return nil
}

// truncate makes the file shorter, or longer by a hole.
func (f *stressFile) truncate(r *rand.Rand) error {
	f.shape.Lock()
	defer f.shape.Unlock()
	length := r.IntN(maxStressBlocks)
	for i := int(f.length.Load()); i < length; i++ {
		f.blocks[i].gen = 0
	}
	f.length.Store(int64(length))
	return f.handle.Truncate(int64(length * stressBlockSize))
}

// copyRecord returns a file that must be as f is now, without handles. f is frozen.
func (f *stressFile) copyRecord() *stressFile {
	c := &stressFile{id: f.id}
	c.length.Store(f.length.Load())
	for i := range c.length.Load() {
		c.blocks[i].gen = f.blocks[i].gen
	}
	return c
}
