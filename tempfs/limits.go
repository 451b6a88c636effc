package tempfs

import (
	"fmt"
	"io/fs"
	"syscall"
)

// Limits are the most that an Fs may hold, 0 for as much as there is room for. See [WithLimits].
type Limits struct {
	// Bytes bounds the sum of the sizes of all files, holes included, and of the lengths of the targets of symbolic links.
	Bytes int64
	// Files bounds the number of files, directories, symbolic links and whatever else, the root not counted.
	Files int64
	// FileSize bounds the size of one file in bytes.
	FileSize int64
	// Depth bounds the number of components below the root: "/a/b" has two. A [Fs.Sub] counts from the root of its Fs.
	Depth int
}

// WithLimits bounds what the Fs may hold, exactly, whoever writes in whatever way, and the same on every backend. Below zero is an error of [New], fs.ErrInvalid by [errors.Is].
//
// A file counts once, however many names and open handles it has, from its birth until the last of both is gone: one that was removed and is still open counts until
// it is closed. Sizes count, not what the disk uses, which is a file's size rounded up to blocks, or less if it has holes. A [Fs.Sub] counts as a part of its Fs; a [Fs.Clone] has limits of its own, and has
// used what was copied.
//
// What meets a limit fails with a [*LimitError]. A write then takes the bytes there is room for and says how many, as on a full disk. Everything else happens in full or not at all,
// and whatever needs no room works on. [Fs.Usage] tells what is used, for free.
//
// On disk what goes by the Fs is counted. A program that writes to the host path, or by the descriptor of an open file, does not ask, and is not seen: for such a one the
// system has bounds, a tmpfs of a size or a quota.
func WithLimits(l Limits) Option { return option(func(c *config) { c.limits = l }) }

// Limit names one of the [Limits].
type Limit int

// The limits.
const (
	LimitBytes Limit = iota + 1
	LimitFiles
	LimitFileSize
	LimitDepth
)

// limitNames are the words for them.
var limitNames = [...]string{LimitBytes: "bytes", LimitFiles: "files", LimitFileSize: "file size", LimitDepth: "depth"}

func (l Limit) String() string {
	if l < LimitBytes || l > LimitDepth {
		return fmt.Sprintf("Limit(%d)", int(l))
	}
	return limitNames[l]
}

// errno is what package os says where a real system is at such a limit: ENOSPC is a full disk, as that of a tmpfs with a size.
func (l Limit) errno() syscall.Errno {
	switch l {
	case LimitFileSize:
		return syscall.EFBIG
	case LimitDepth:
		return syscall.ENAMETOOLONG
	default:
		return syscall.ENOSPC
	}
}

// max is that of l for a limit.
func (l *Limits) max(of Limit) int64 {
	return [...]int64{LimitBytes: l.Bytes, LimitFiles: l.Files, LimitFileSize: l.FileSize, LimitDepth: int64(l.Depth)}[of]
}

func (l *Limits) check() error {
	for of := LimitBytes; of <= LimitDepth; of++ {
		if most := l.max(of); most < 0 {
			return fmt.Errorf("tempfs: WithLimits: %v below zero: %d: %w", of, most, fs.ErrInvalid)
		}
	}
	return nil
}
