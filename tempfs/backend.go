package tempfs

import (
	"path/filepath"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/internal/disk"
)

// The names of the backends, as [Fs.Backend] gives them. The last two are a memfallback.Tree.
const (
	backendDisk   = "disk"
	backendMemory = "memory"
	backendSpill  = "spill"
)

// useBackend makes the backend that the config of f asks for.
func (f *Fs) useBackend() error {
	c := f.config
	if c.inMemory {
		f.useMemory()
		return nil
	}
	use := f.useDisk
	if c.spills {
		use = f.useSpill
	}
	err := use(c)
	if err != nil && c.memoryFallback {
		f.useMemory()
		return nil
	}
	return err
}

func (f *Fs) useMemory() {
	f.hold(memfallback.NewTree(f.memoryOptions()...), f.config.hook)
	f.kind = backendMemory
}

// memoryOptions are those of every tree in memory.
func (f *Fs) memoryOptions() []memfallback.Option {
	opts := []memfallback.Option{memfallback.WithClock(f.config.clock)}
	if f.quota != nil {
		opts = append(opts, memfallback.WithQuota(f.quota))
	}
	return opts
}

func (f *Fs) useDisk(c *config) error {
	parent, err := findParent(c)
	if err != nil {
		return err
	}
	tree, err := disk.Make(parent, maxNames, func(locked bool) string { return rootName(c.prefix, c.suffix, locked) })
	if err != nil {
		return err
	}
	if f.quota != nil {
		tree.Limit(f.quota)
	}
	if c.refusesSpecial {
		tree.RefuseSpecial()
	}
	f.hold(tree, c.hook)
	f.kind, f.dir = backendDisk, tree.Dir()
	c.fix(parent)
	return nil
}

// findParent is the directory of the host in which what c asks for is made. It is swept, if c says so.
func findParent(c *config) (string, error) {
	parent, err := hostDir(&c.placement)
	if err == nil && c.sweepsFirst.within > 0 {
		c.sweepsFirst.sweep(parent, c.prefix)
	}
	return parent, err
}

// fix makes the directory of In that of the working directory as it is now.
func (p *placement) fix(dir string) {
	if p.dir != "" {
		p.dir = dir
	}
}

// hostDir returns the absolute directory of the host that p names.
func hostDir(p *placement) (string, error) {
	switch {
	case p.dir != "":
		return filepath.Abs(p.dir)
	case p.searchIsDefault():
		return locate.Dir()
	}
	r, err := locate.Search(p.search)
	return r.Dir, err
}
