package tempfs

import (
	"fmt"
	"io/fs"
)

// PersistOption is a wish for [Fs.Persist] and [PersistFile]. An option given twice: the last wins.
type PersistOption interface{ applyToPersist(*persistConfig) }

type persistConfig struct {
	noReplace      bool
	durable        bool
	mode           fs.FileMode
	hasMode        bool
	allowWriters   bool
	sameFilesystem bool
	into           *PersistResult          // of the caller; may be nil
	onStep         func(step string) error // of a test; called before each step
}

type persistOption func(*persistConfig)

func (o persistOption) applyToPersist(c *persistConfig) { o(c) }

// NoReplace leaves alone what has the name already, a dangling link too: that is fs.ErrExist by [errors.Is].
func NoReplace() PersistOption { return persistOption(func(c *persistConfig) { c.noReplace = true }) }

// Durable writes everything to the disk before it is published, and the directory afterwards: a crash of the system leaves the old or
// the new. A failed fsync is not tried again, since it tells of a failure once (fsync(2)). When all but the last, that of the directory,
// succeeded the error is [ErrNotDurable].
func Durable() PersistOption { return persistOption(func(c *persistConfig) { c.durable = true }) }

// Mode gives the file or directory exactly the permission bits of mode, whatever the umask, and setuid, setgid or sticky if mode has
// them. Of a tree it is the mode of the topmost directory. A symbolic link has none. Any other bit is fs.ErrInvalid by [errors.Is].
func Mode(mode fs.FileMode) PersistOption {
	return persistOption(func(c *persistConfig) { c.mode, c.hasMode = mode, true })
}

// AllowWriters persists what is open for writing. Without it that is EBUSY.
func AllowWriters() PersistOption {
	return persistOption(func(c *persistConfig) { c.allowWriters = true })
}

// SameFilesystem forbids the copy: where one would be needed, from memory always, it is EXDEV.
func SameFilesystem() PersistOption {
	return persistOption(func(c *persistConfig) { c.sameFilesystem = true })
}

// WithResult has *r say how it went, also after an error.
func WithResult(r *PersistResult) PersistOption {
	return persistOption(func(c *persistConfig) { c.into = r })
}

// PersistResult tells how [Fs.Persist] or [PersistFile] did it.
type PersistResult struct {
	Copied    bool // it was copied, else the file or directory itself has moved
	Exchanged bool // it has changed places with a directory that had entries, which was then removed
	Published bool // it has the name
	// SourceLeft: it is published and what it was made of, in part perhaps, is where it was, since that could not be removed.
	SourceLeft bool
	// OldLeft: the directory that it has changed places with could not be removed as a whole. It is now where the new one was, after a
	// copy that is beside it under a name that begins with ".".
	OldLeft bool
}

func newPersistConfig(opts []PersistOption) persistConfig {
	var c persistConfig
	for _, o := range opts {
		if o != nil {
			o.applyToPersist(&c)
		}
	}
	return c
}

func (c *persistConfig) check() error {
	if c.mode&^(fs.ModePerm|specialBits) != 0 {
		return fmt.Errorf("mode %v: %w", c.mode, fs.ErrInvalid)
	}
	return nil
}
