package tempfs

import (
	"os"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/internal/disk"
)

// SpillOver keeps names in memory, and of the content of all files budget bytes; content past that is in a file on the host. It is for
// what is to be as fast as memory and may outgrow it. With a budget of 0 all content is in the file. A budget below 0 is an error,
// fs.ErrInvalid by [errors.Is], and [InMemory] beside it is another one.
//
// The file is made when the budget is met first, in the directory in which [New] would make one without this option: that of [In], or the one
// that is found. New fails, as without it, if there is none. The file has mode 0600 and no name, so nobody else can open it,
// and it goes with the process, in whatever way that ends. (Where no open file can be removed, on Windows, it has a name until the release, and stays when
// the process is killed.) A budget and a file are those of an Fs, of its Subs, and of its clones that share them, see [Fs.Clone]. What
// is removed, truncated or written over makes room again, and the release of the last of them gives all back.
//
// A write that finds no room there is short, by the book: its first n bytes are written, the error is ENOSPC by [errors.Is], or whatever else the host says.
// No content that was accepted before is lost, and what needs no more room works on.
//
// All else is as in memory. [Fs.Backend] is "spill"; [Fs.RealPath] and [Fs.Detach] fail with [ErrNoRealPath]; [Keep] copies.
func SpillOver(budget int64) Option {
	return option(func(c *config) { c.spills, c.spillsAnew, c.budget = true, true, budget })
}

func (f *Fs) useSpill(c *config) error {
	parent, err := findParent(c)
	if err != nil {
		return err
	}
	file := newSpillFile(parent, c)
	if c.dir != "" { // nobody has tried it, as the search does with what it finds
		if err := file.try(); err != nil {
			return err
		}
	}
	f.hold(memfallback.NewTree(append(f.memoryOptions(), memfallback.SpillTo(c.budget, file.open))...), c.hook)
	f.kind = backendSpill
	c.fix(parent)
	return nil
}

// spillFile is how the file of SpillOver is made. It holds nothing: the tree has the file once it is open, and closes it.
type spillFile struct {
	place  hostPlace
	config fileConfig
}

// newSpillFile is for the directory dir. The prefix and the suffix of c are seen where a file has a name for a moment.
func newSpillFile(dir string, c *config) *spillFile {
	made := newFileDefaults()
	made.prefix, made.suffix, made.flag = c.prefix, c.suffix, os.O_RDWR
	return &spillFile{hostPlace{disk.Host{Dir: dir}}, *made}
}

// open fails as [TemporaryFile] does.
func (s *spillFile) open() (handle, error) { return openUnnamed(s.place, &s.config) }

// try makes a file and drops it.
func (s *spillFile) try() error {
	h, err := s.open()
	if err != nil {
		return err
	}
	return errorOf(h.Close())
}
