package tempfs

import (
	"fmt"
	"io/fs"
	"os"
)

// defaultPerm is the mode of a temporary file: nobody but its owner reads it.
const defaultPerm fs.FileMode = 0o600

// FileOption is a wish about a temporary file, for [TemporaryFile], [NamedTemporaryFile], [SpooledTemporaryFile] and the methods of an
// Fs of these names. An option given twice: the last wins.
type FileOption interface{ applyToFile(*fileConfig) }

type fileConfig struct {
	placement
	perm        fs.FileMode
	hasPerm     bool
	flag        int
	linkable    bool
	keepOnClose bool
	keepFile    bool
	random      func() string // the random part of a name
}

type fileOption func(*fileConfig)

func (o fileOption) applyToFile(c *fileConfig) { o(c) }

// Perm gives the file exactly the mode perm, whatever the umask; the default is 0600. [PersistFile] keeps a mode that was given
// so.
func Perm(perm fs.FileMode) FileOption {
	return fileOption(func(c *fileConfig) { c.perm, c.hasPerm = perm, true })
}

// fileFlags are the flags that mean the same everywhere.
const fileFlags = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_SYNC | os.O_CREATE | os.O_EXCL | os.O_TRUNC

// Flags adds flags of package os to those that a temporary file is opened with, which are O_RDWR, O_CREATE and O_EXCL: O_APPEND, O_SYNC, or
// O_WRONLY for a file that cannot be read. Others are an error, fs.ErrInvalid by [errors.Is].
func Flags(flag int) FileOption { return fileOption(func(c *fileConfig) { c.flag = flag }) }

// Linkable lets [PersistFile] give a name to a file that has none. Without it nothing can, and so nobody else can either.
func Linkable() FileOption { return fileOption(func(c *fileConfig) { c.linkable = true }) }

// KeepOnClose makes [NamedFile.Close] leave the file: it goes with [NamedFile.Release], and with its Fs. Until then it takes a
// descriptor, so that no other file can be taken for it. It is Python's delete_on_close=False.
func KeepOnClose() FileOption { return fileOption(func(c *fileConfig) { c.keepOnClose = true }) }

// KeepFile leaves the named file for the caller to remove; that of an Fs still goes with the Fs. It is Python's delete=False.
func KeepFile() FileOption { return fileOption(func(c *fileConfig) { c.keepFile = true }) }

func newFileConfig(opts []FileOption) (*fileConfig, error) {
	c := newFileDefaults()
	for _, o := range opts {
		if o != nil {
			o.applyToFile(c)
		}
	}
	if err := c.checkAffixes(); err != nil {
		return nil, err
	}
	const both = os.O_WRONLY | os.O_RDWR
	if c.flag&^fileFlags != 0 || c.flag&both == both {
		return nil, fmt.Errorf("tempfs: flags %#x for a temporary file: %w", c.flag, fs.ErrInvalid)
	}
	if c.perm&^(fs.ModePerm|fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0 {
		return nil, fmt.Errorf("tempfs: mode %v for a temporary file: %w", c.perm, fs.ErrInvalid)
	}
	if c.flag&os.O_WRONLY == 0 {
		c.flag |= os.O_RDWR
	}
	c.flag = c.flag&^os.O_TRUNC | os.O_CREATE | os.O_EXCL // it is new
	return c, nil
}

// newFileDefaults is the config of a file about which nobody has a wish.
func newFileDefaults() *fileConfig {
	return &fileConfig{placement: placement{prefix: DefaultPrefix}, perm: defaultPerm, random: randomChars}
}
