package tempfs

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/aferotemp/go/locate"
)

// DefaultPrefix begins the name of a root directory and of a temporary file unless [Prefix] says otherwise. It is Python's.
const DefaultPrefix = "tmp"

// Option is a wish about an Fs, for [New], [With], [Test] and [Each]. An option given twice: the last wins.
type Option interface{ applyTo(*config) }

// SharedOption is an option of all that makes something in a temp directory, or looks for it there.
type SharedOption interface {
	Option
	FileOption
	SweepOption
}

type config struct {
	placement
	inMemory        bool
	clock           func() time.Time // of files in memory; nil: time.Now
	memoryFallback  bool
	spills          bool
	spillsAnew      bool  // of a clone: with a budget and a file of its own
	budget          int64 // in bytes, if it spills
	limits          Limits
	dropsSetuid     bool // and setgid and sticky
	refusesSpecial  bool
	implicitParents bool
	sweepsFirst     firstSweep // before the directory is made
	onLeak          func(Leak)
	hook            Hook // nil: none
	keep            KeepPolicy
	keepLast        int
	keepArtifacts   bool
	callers         *callers // of whoever made the Fs; nil: those of New
	witness         witness  // nil: nobody
}

// placement says where something temporary is made, and how it is named.
type placement struct {
	dir            string // host directory, or for a file of an Fs a directory of that; "" searches, or is its root
	search         locate.Options
	searches       bool // somebody gave search
	prefix, suffix string
}

type option func(*config)

func (o option) applyTo(c *config) { o(c) }

type sharedOption func(*placement)

func (o sharedOption) applyTo(c *config)           { o(&c.placement) }
func (o sharedOption) applyToFile(c *fileConfig)   { o(&c.placement) }
func (o sharedOption) applyToSweep(c *sweepConfig) { o(&c.placement) }

// In makes the root directory, or a temporary file, in the host directory dir instead of searching one. A dir that is not
// absolute is taken from the working directory of the process. It must exist. For a method of an Fs dir is a directory of that Fs.
func In(dir string) SharedOption { return sharedOption(func(p *placement) { p.dir = dir }) }

// WithSearch adjusts the search of the temp directory, which [In] makes needless. A method of an Fs searches nothing: there it
// is an error, fs.ErrInvalid by [errors.Is].
func WithSearch(o locate.Options) SharedOption {
	return sharedOption(func(p *placement) { p.search, p.searches = o, true })
}

// Prefix begins the name of the root directory or file; the default is [DefaultPrefix]. A path separator or a NUL in it is an
// error, fs.ErrInvalid by [errors.Is].
func Prefix(s string) SharedOption { return sharedOption(func(p *placement) { p.prefix = s }) }

// Suffix ends the name of the root directory or file; the default is none. A path separator or a NUL in it is an
// error, fs.ErrInvalid by [errors.Is].
func Suffix(s string) SharedOption { return sharedOption(func(p *placement) { p.suffix = s }) }

// InMemory keeps all in memory: nothing on the host is touched.
func InMemory() Option { return option(func(c *config) { c.inMemory = true }) }

// MemoryFallback takes memory when no directory of the host can be used: in a container that is read-only, in a
// browser. [Fs.Backend] tells what it became. With [SpillOver] it is then memory alone.
func MemoryFallback() Option { return option(func(c *config) { c.memoryFallback = true }) }

// ImplicitParents makes the missing parents of whatever is created or renamed to, as afero's MemMapFs does, with mode
// 0777 before umask. It is for programs that lean on that; package os fails with ENOENT.
func ImplicitParents() Option { return option(func(c *config) { c.implicitParents = true }) }

// WithClock makes now the source of the times of files, for as far as nobody sets them with Chtimes; nil is [time.Now], the default. Any number of
// goroutines may call now at once. It is for memory alone, since on disk the kernel's clock counts: without [InMemory] or [SpillOver] it is an error
// of [New], fs.ErrInvalid by [errors.Is], and so it is on the disk of [Each]. In a bubble of testing/synctest it is not needed.
func WithClock(now func() time.Time) Option { return option(func(c *config) { c.clock = now }) }

// OnLeak has fn told of an Fs that became garbage before it was released, which is then released, and of each file that is
// still open when its Fs is released. fn is called from another goroutine for the former, by the release for the latter. It must not hold the Fs, or that
// never becomes garbage. Nothing is told by default.
func OnLeak(fn func(Leak)) Option { return option(func(c *config) { c.onLeak = fn }) }

func newConfig(opts []Option) (*config, error) {
	c := &config{placement: placement{prefix: DefaultPrefix}, keepLast: defaultKeepLast}
	c.apply(opts)
	return c, c.check()
}

func (c *config) apply(opts []Option) {
	for _, o := range opts {
		if o != nil {
			o.applyTo(c)
		}
	}
}

func (c *config) check() error {
	switch {
	case c.inMemory && c.spills:
		return errors.New("tempfs: InMemory and SpillOver exclude each other: what is all in memory does not spill")
	case c.inMemory && c.dir != "":
		return errors.New("tempfs: InMemory and In exclude each other: memory has no directory")
	case c.budget < 0:
		return fmt.Errorf("tempfs: SpillOver(%d): a budget below zero: %w", c.budget, fs.ErrInvalid)
	}
	if c.clock != nil && !c.inMemory && !c.spills {
		return fmt.Errorf("tempfs: WithClock needs InMemory or SpillOver, the kernel keeps the times of files on disk: %w", fs.ErrInvalid)
	}
	if c.keep < KeepNever || c.keep > KeepAlways {
		return fmt.Errorf("tempfs: %v: %w", c.keep, fs.ErrInvalid)
	}
	if err := c.limits.check(); err != nil {
		return err
	}
	return c.checkAffixes()
}

func (p *placement) checkAffixes() error {
	if err := checkAffix("prefix", p.prefix); err != nil {
		return err
	}
	if err := checkAffix("suffix", p.suffix); err != nil {
		return err
	}
	if !filepath.IsLocal(p.prefix + "x" + p.suffix) { // Windows has names that mean devices, drives and streams
		return fmt.Errorf("tempfs: prefix %q and suffix %q make no plain file name: %w", p.prefix, p.suffix, fs.ErrInvalid)
	}
	return nil
}

// checkAffix refuses a name that could mean another directory, before any system call.
func checkAffix(kind, s string) error {
	if meansDirectory(s) {
		return fmt.Errorf("tempfs: %s %q has a path separator or a NUL: %w", kind, s, fs.ErrInvalid)
	}
	return nil
}

// searchIsDefault reports whether the cached answer of locate.Dir is the answer.
func (p *placement) searchIsDefault() bool {
	o := p.search
	return o.Getenv == nil && o.Getwd == nil && o.GOOS == "" && !o.NeedExec && !o.NoCwd && o.MinFree == 0
}
