package memfallback

import (
	"io/fs"
	"time"
)

// Option changes what [New] and [NewTree] make. Of two that set the same thing the last wins; nil changes
// nothing.
type Option interface{ apply(*config) }

type config struct {
	clock    func() time.Time
	user     user
	umask    uint32
	hasUser  bool
	hasUmask bool

	budget int64 // of SpillTo
	open   func() (Handle, error)
	store  *store // that a clone shares
	quota  Quota
}

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithClock makes now the source of all times that are not given by the caller. The default is the system's clock, as is nil. Any
// number of goroutines may call now at once.
func WithClock(now func() time.Time) Option {
	return optionFunc(func(c *config) { c.clock = now })
}

// WithUmask sets the permission bits that a new file or directory does not get. The default is the umask of the
// process, or 022 where that cannot be known.
func WithUmask(mask fs.FileMode) Option {
	return optionFunc(func(c *config) { c.umask, c.hasUmask = uint32(mask.Perm()), true })
}

// WithUser sets the user whom permissions bind and who owns what is made. The default is the user of the process. Uid 0 may do
// everything.
func WithUser(uid, gid int, groups ...int) Option {
	u := newUser(uid, gid, groups)
	return optionFunc(func(c *config) { c.user, c.hasUser = u, true })
}

func newConfig(opts []Option) *config {
	c := &config{}
	c.apply(opts)
	if !c.hasUser {
		c.user = processUser()
	}
	if !c.hasUmask {
		c.umask = processUmask()
	}
	return c
}

func (c *config) apply(opts []Option) {
	for _, o := range opts {
		if o != nil {
			o.apply(c)
		}
	}
}
