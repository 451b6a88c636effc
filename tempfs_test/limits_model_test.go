package tempfs_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// ledger is what limits should do to one who works alone: sizes, names and open files, in the plainest way there is. Every step
// is foretold by it.
type ledger struct {
	fsys   *tempfs.Fs
	limits tempfs.Limits
	rand   *rand.Rand

	names map[string]*entry
	open  []*openEntry
}

// entry is a file, directory or link.
type entry struct {
	kind  entryKind
	bytes int64
	links int
}

type entryKind int

const (
	entryFile entryKind = iota
	entryDir
	entryLink
)

// openEntry is an open file.
type openEntry struct {
	entry *entry
	file  afero.File
	off   int64
}

// used is the sum over all that has a name or is open.
func (l *ledger) used() (used tempfs.Usage) {
	var counted []*entry
	count := func(e *entry) {
		if slices.Contains(counted, e) {
			return
		}
		counted = append(counted, e)
		used.Bytes += e.bytes
		used.Files++
	}
	for _, e := range l.names {
		count(e)
	}
	for _, o := range l.open {
		count(o.entry)
	}
	used.OpenFiles = int64(len(l.open))
	return used
}

// foretold is what a call should come to: so many bytes, and one of these limits refused. More than one may when both are met at once.
type foretold struct {
	n       int
	refused []tempfs.Limit
}

// judge compares an foretold with what came.
func (o foretold) judge(n int, err error) error {
	if n != o.n {
		return fmt.Errorf("%d bytes, want %d: %w", n, o.n, orNone(err))
	}
	if len(o.refused) == 0 {
		return err
	}
	var limit *tempfs.LimitError
	if !errors.As(err, &limit) || !slices.Contains(o.refused, limit.Limit) || !errors.Is(err, errnoOf[limit.Limit]) {
		return fmt.Errorf("want a refusal of %v: %w", o.refused, orNone(err))
	}
	return nil
}

// ask foretells the growth of e to size.
func (l *ledger) ask(e *entry, size int64) (most int64, refused []tempfs.Limit) {
	most = size
	ofSpace := e.bytes + l.limits.Bytes - l.used().Bytes
	if size > l.limits.FileSize {
		refused = append(refused, tempfs.LimitFileSize)
	}
	if size > ofSpace {
		refused = append(refused, tempfs.LimitBytes)
	}
	return max(e.bytes, min(most, l.limits.FileSize, ofSpace)), refused
}

// write foretells that of size bytes at off, and does to the entry what it should.
func (l *ledger) write(e *entry, off int64, size int) foretold {
	end := off + int64(size)
	most, refused := l.ask(e, end)
	if end <= e.bytes || size == 0 {
		return foretold{n: size}
	}
	n := int(max(0, min(most, end)-off))
	if n > 0 {
		e.bytes = max(e.bytes, off+int64(n))
	}
	if n == size {
		refused = nil
	}
	return foretold{n, refused}
}

// truncate foretells that to size.
func (l *ledger) truncate(e *entry, size int64) foretold {
	if size > e.bytes {
		if _, refused := l.ask(e, size); len(refused) > 0 {
			return foretold{refused: refused}
		}
	}
	e.bytes = size
	return foretold{}
}

// born foretells whether one more file may be, with bytes.
func (l *ledger) born(bytes int64) foretold {
	var refused []tempfs.Limit
	used := l.used()
	if used.Files+1 > l.limits.Files {
		refused = append(refused, tempfs.LimitFiles)
	}
	if used.Bytes+bytes > l.limits.Bytes {
		refused = append(refused, tempfs.LimitBytes)
	}
	return foretold{refused: refused}
}

// drop takes a name away.
func (l *ledger) drop(name string) {
	l.names[name].links--
	delete(l.names, name)
}

// step does one thing of many, and wants what was foretold.
func (l *ledger) step() error {
	steps := []func() error{
		l.create, l.create, l.unnamed, l.link, l.rename, l.remove, l.mkdir, l.symlink,
		l.append, l.append, l.writeAt, l.writeAt, l.truncateOpen, l.truncateName, l.close,
	}
	if err := steps[l.rand.IntN(len(steps))](); err != nil {
		return err
	}
	if got, want := l.fsys.Usage(), l.used(); got != want {
		return fmt.Errorf("usage %+v, want %+v", got, want)
	}
	return nil
}

// aName is one of few; what it is now may be nil.
func (l *ledger) aName() (string, *entry) {
	name := fmt.Sprintf("/%d", l.rand.IntN(8))
	return name, l.names[name]
}

func (l *ledger) hold(e *entry, f afero.File) error {
	l.open = append(l.open, &openEntry{entry: e, file: f})
	if len(l.open) > 4 {
		return l.close()
	}
	return nil
}

// create opens a file, which it empties or makes.
func (l *ledger) create() error {
	name, e := l.aName()
	if e != nil && e.kind != entryFile {
		return nil
	}
	want := foretold{}
	if e == nil {
		want = l.born(0)
	}
	f, err := l.fsys.Create(name)
	if failed := want.judge(0, err); failed != nil || err != nil {
		return failed
	}
	if e == nil {
		e = &entry{links: 1}
		l.names[name] = e
	}
	e.bytes = 0
	return l.hold(e, f)
}

func (l *ledger) unnamed() error {
	want := l.born(0)
	f, err := l.fsys.TemporaryFile()
	if failed := want.judge(0, err); failed != nil || err != nil {
		return failed
	}
	return l.hold(&entry{}, f)
}

func (l *ledger) link() error {
	_, e := l.aName()
	newname, there := l.aName()
	if e == nil || there != nil || e.kind == entryDir {
		return nil
	}
	oldname := ""
	for name, other := range l.names {
		if other == e {
			oldname = name
		}
	}
	if err := l.fsys.Link(oldname, newname); err != nil {
		return err
	}
	e.links++
	l.names[newname] = e
	return nil
}

func (l *ledger) rename() error {
	oldname, e := l.aName()
	newname, victim := l.aName()
	if e == nil || e.kind == entryDir || victim != nil && victim.kind == entryDir {
		return nil
	}
	if err := l.fsys.Rename(oldname, newname); err != nil || victim == e {
		return err // rename(2): of two names of one file nothing happens
	}
	if victim != nil {
		l.drop(newname)
	}
	delete(l.names, oldname)
	l.names[newname] = e
	return nil
}

func (l *ledger) remove() error {
	name, e := l.aName()
	if e == nil {
		return nil
	}
	err := l.fsys.Remove(name)
	l.drop(name)
	return err
}

func (l *ledger) mkdir() error {
	name, e := l.aName()
	if e != nil {
		return nil
	}
	want := l.born(0)
	err := l.fsys.Mkdir(name, 0o755)
	if err == nil {
		l.names[name] = &entry{kind: entryDir, links: 1}
	}
	return want.judge(0, err)
}

func (l *ledger) symlink() error {
	name, e := l.aName()
	if e != nil {
		return nil
	}
	target := numberedContent(1, 1+l.rand.IntN(500))
	want := l.born(int64(len(target)))
	err := l.fsys.SymlinkIfPossible(target, name)
	if err == nil {
		l.names[name] = &entry{kind: entryLink, links: 1, bytes: int64(len(target))}
	}
	return want.judge(0, err)
}

// held is an open file, nil if there is none.
func (l *ledger) held() *openEntry {
	if len(l.open) == 0 {
		return nil
	}
	return l.open[l.rand.IntN(len(l.open))]
}

// append writes at the offset of the file, which is where the last write ended, or in the middle.
func (l *ledger) append() error {
	o := l.held()
	if o == nil {
		return nil
	}
	content := numberedContent(2, l.rand.IntN(3000))
	want := l.write(o.entry, o.off, len(content))
	n, err := o.file.WriteString(content)
	o.off += int64(n)
	return want.judge(n, err)
}

func (l *ledger) writeAt() error {
	o := l.held()
	if o == nil {
		return nil
	}
	off := l.rand.Int64N(6000)
	if l.rand.IntN(10) == 0 {
		off = 1 << (20 + l.rand.IntN(23))
	}
	content := numberedContent(3, l.rand.IntN(3000))
	want := l.write(o.entry, off, len(content))
	n, err := o.file.WriteAt([]byte(content), off)
	return want.judge(n, err)
}

func (l *ledger) truncateOpen() error {
	o := l.held()
	if o == nil {
		return nil
	}
	size := l.rand.Int64N(6000)
	want := l.truncate(o.entry, size)
	return want.judge(0, o.file.Truncate(size))
}

func (l *ledger) truncateName() error {
	name, e := l.aName()
	if e == nil || e.kind != entryFile {
		return nil
	}
	size := l.rand.Int64N(1 << (1 + l.rand.IntN(43)))
	want := l.truncate(e, size)
	return want.judge(0, l.fsys.Truncate(name, size))
}

func (l *ledger) close() error {
	if len(l.open) == 0 {
		return nil
	}
	i := l.rand.IntN(len(l.open))
	o := l.open[i]
	l.open = slices.Delete(l.open, i, i+1)
	return o.file.Close()
}

// TestBooksAreAsForetold after every single step of one who works alone, and so is each refusal.
func TestBooksAreAsForetold(t *testing.T) {
	steps := 5 * bookSteps(t)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		l := &ledger{fsys: fsys, limits: modelLimits, rand: rand.New(rand.NewPCG(seed, 0)), names: map[string]*entry{}}
		for i := range steps {
			require.NoError(t, l.step(), "step %d", i)
		}
		for len(l.open) > 0 {
			require.NoError(t, l.close())
		}
		for name := range l.names {
			require.NoError(t, fsys.Remove(name))
		}
		require.Equal(t, tempfs.Usage{}, fsys.Usage())
	}, tempfs.WithLimits(modelLimits))
}

// modelLimits are met in each of the ways by the steps of a ledger.
var modelLimits = tempfs.Limits{Bytes: 9000, Files: 7, FileSize: 4000, Depth: 1}
