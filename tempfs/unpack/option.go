package unpack

import (
	"fmt"
	"io"
	"io/fs"
	"math"
)

// Option is a wish about how an archive is unpacked. An option given twice: the last wins, but [Compression] and [Format] add up.
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

type config struct {
	dir           string
	limits        Limits
	onProgress    func(Progress)
	lastWins      bool
	caseSensitive bool
	skipped       Kind
	onSkip        func(name string, kind Kind)
	workers       int
	compressions  []compression
	formats       []format
}

// Limits are the most that an archive may come to. A limit of 0 is the default, a negative one is none. What counts is what is really read and written; the
// numbers in an archive are believed only when they are too large.
type Limits struct {
	Bytes    int64 // content of files, holes counted, and targets of symbolic links; default 1 GiB
	Entries  int64 // entries, and directories that their names imply; default 100,000
	FileSize int64 // bytes of one file; default as Bytes
	Input    int64 // bytes of the archive as it is read; default as Bytes
	Ratio    int64 // bytes for each compressed byte, of one file in a zip or of a whole compressed tar, once there is more than 1 MiB of it; default 200
	Depth    int   // components of a name; default 255
	Name     int   // bytes of a component; default 255
	Path     int   // bytes of a name, or of the target of a link; default 4096
}

const (
	defaultBytes   = 1 << 30
	defaultEntries = 100_000
	defaultRatio   = 200
	defaultDepth   = 255
	defaultName    = 255  // NAME_MAX
	defaultPath    = 4096 // PATH_MAX
)

// WithLimits sets the limits. Without it the defaults of [Limits] hold.
func WithLimits(l Limits) Option { return option(func(c *config) { c.limits = l }) }

// To unpacks into this directory, which must exist. The default is the root of the Fs: give it for an afero.OsFs, whose root is that of the host.
func To(dir string) Option { return option(func(c *config) { c.dir = dir }) }

// Progress tells how far the unpacking is.
type Progress struct {
	Name    string // the entry that was unpacked last, or is being unpacked, as the archive calls it
	Entries int64  // those that are complete
	Bytes   int64  // of content
}

// OnProgress calls fn after each entry, and after each MiB of a file. The goroutine that called [Into] calls it and holds no lock: fn may use the Fs, and how long it takes is how long the unpacking waits.
func OnProgress(fn func(Progress)) Option { return option(func(c *config) { c.onProgress = fn }) }

// LastWins lets a file, hard link or symbolic link replace an earlier entry of the same name that is no directory, as tar does it. Otherwise that is [ErrDuplicate].
func LastWins() Option { return option(func(c *config) { c.lastWins = true }) }

// CaseSensitive takes names that differ only by case for different ones. Otherwise that is [ErrDuplicate], since they are one file on a disk of Windows or macOS.
func CaseSensitive() Option { return option(func(c *config) { c.caseSensitive = true }) }

// Kind is a set of kinds of entries that [Skip] can leave out.
type Kind uint8

// The kinds that can be left out.
const (
	SymbolicLinks Kind = 1 << iota
	HardLinks
	Specials // devices, FIFOs, sockets, and what only some archiver knows
)

// String names the kinds.
func (k Kind) String() string {
	switch k {
	case SymbolicLinks:
		return "symbolic link"
	case HardLinks:
		return "hard link"
	case Specials:
		return "special file"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Skip leaves out entries of these kinds instead of refusing or making them. What is below the name of one is refused, as it would be below that itself. If report is not nil, it is called for each that is left out.
func Skip(kinds Kind, report func(name string, kind Kind)) Option {
	return option(func(c *config) { c.skipped, c.onSkip = kinds, report })
}

// Workers has n goroutines unpack the files of a zip at the same time: it is faster where there are as many processors. The Fs must then be safe for concurrent use, as those of
// tempfs and afero are. The default is 1, the goroutine of the caller; so it is with [LastWins], and for a tar, whose files can be read only one after another.
func Workers(n int) Option { return option(func(c *config) { c.workers = n }) }

// Compression unpacks a tar that is compressed in a way of which the first bytes are magic: open makes what decompresses. If that has a method Close, it is called.
//
//	unpack.Compression("\x28\xb5\x2f\xfd", func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) })
func Compression(magic string, open func(io.Reader) (io.Reader, error)) Option {
	return option(func(c *config) { c.compressions = append(c.compressions, compression{magic, open}) })
}

// Format has walk read the archives whose first bytes are magic, which may be "" for all. It is asked before the formats that are built in.
func Format(magic string, walk Walker) Option {
	return option(func(c *config) { c.formats = append(c.formats, format{magic, walk}) })
}

// newConfig applies the options, and has a number for each limit.
func newConfig(opts []Option) (config, error) {
	c := config{dir: "/"}
	for _, o := range opts {
		if o != nil {
			o.apply(&c)
		}
	}
	if c.dir == "" {
		return c, fmt.Errorf("unpack: directory %q: %w", c.dir, fs.ErrInvalid)
	}
	l := &c.limits
	l.Bytes = limit(l.Bytes, defaultBytes, math.MaxInt64)
	l.Entries = limit(l.Entries, defaultEntries, math.MaxInt64)
	l.FileSize = limit(l.FileSize, l.Bytes, math.MaxInt64)
	l.Input = limit(l.Input, l.Bytes, math.MaxInt64)
	l.Ratio = limit(l.Ratio, defaultRatio, math.MaxInt64)
	l.Depth = limit(l.Depth, defaultDepth, math.MaxInt)
	l.Name = limit(l.Name, defaultName, math.MaxInt)
	l.Path = limit(l.Path, defaultPath, math.MaxInt)
	return c, nil
}

func limit[T int | int64](asked, standard, none T) T {
	switch {
	case asked == 0:
		return standard
	case asked < 0:
		return none
	}
	return asked
}
