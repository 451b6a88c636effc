package tempfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/aferotemp/go/locate"
)

// DefaultPrefix begins the name of a root directory unless [Prefix] says otherwise. It is Python's.
const DefaultPrefix = "tmp"

// Option is a wish about an Fs, for [New], [With], [Test] and [Each]. An option given twice: the last wins.
type Option interface{ applyTo(*config) }

// SharedOption is an option of all that makes something in a temp directory.
type SharedOption interface{ Option }

type config struct {
	dir             string // host directory to make the root in; "" searches
	search          locate.Options
	prefix, suffix  string
	inMemory        bool
	memoryFallback  bool
	implicitParents bool
	callers         *callers // of whoever made the Fs; nil: those of New
}

type option func(*config)

func (o option) applyTo(c *config) { o(c) }

// In makes the root directory in the host directory dir instead of searching one. A dir that is not
// absolute is taken from the working directory of the process. It must exist.
func In(dir string) SharedOption { return option(func(c *config) { c.dir = dir }) }

// WithSearch adjusts the search of the temp directory, which [In] makes needless.
func WithSearch(o locate.Options) SharedOption { return option(func(c *config) { c.search = o }) }

// Prefix begins the name of the root directory; the default is [DefaultPrefix]. A path separator or a NUL in it is an
// error, fs.ErrInvalid by [errors.Is].
func Prefix(s string) SharedOption { return option(func(c *config) { c.prefix = s }) }

// Suffix ends the name of the root directory; the default is none. A path separator or a NUL in it is an
// error, fs.ErrInvalid by [errors.Is].
func Suffix(s string) SharedOption { return option(func(c *config) { c.suffix = s }) }

// InMemory keeps all in memory: nothing on the host is touched.
func InMemory() Option { return option(func(c *config) { c.inMemory = true }) }

// MemoryFallback takes memory when no directory of the host can be used: in a container that is read-only, in a
// browser. [Fs.Backend] tells what it became.
func MemoryFallback() Option { return option(func(c *config) { c.memoryFallback = true }) }

// ImplicitParents makes the missing parents of whatever is created or renamed to, as afero's MemMapFs does, with mode
// 0777 before umask. It is for programs that lean on that; package os fails with ENOENT.
func ImplicitParents() Option { return option(func(c *config) { c.implicitParents = true }) }

func newConfig(opts []Option) (*config, error) {
	c := &config{prefix: DefaultPrefix}
	for _, o := range opts {
		if o != nil {
			o.applyTo(c)
		}
	}
	if c.inMemory && c.dir != "" {
		return nil, errors.New("tempfs: InMemory and In exclude each other: memory has no directory")
	}
	if err := checkAffix("prefix", c.prefix); err != nil {
		return nil, err
	}
	return c, checkAffix("suffix", c.suffix)
}

// checkAffix refuses what could make a name mean another directory (CWE-22), before any system call.
func checkAffix(kind, s string) error {
	isBad := func(r rune) bool { return r == 0 || r == '/' || r == os.PathSeparator }
	if strings.ContainsFunc(s, isBad) {
		return fmt.Errorf("tempfs: %s %q has a path separator or a NUL: %w", kind, s, fs.ErrInvalid)
	}
	return nil
}
