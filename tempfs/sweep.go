package tempfs

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// SweepReport says what a sweep found and what it did. Every path is one of the host.
type SweepReport struct {
	Dir string // that was swept

	// Seen is the number of entries with a name of ours that were looked at. The others say what they were; an entry that went while it was looked at, because
	// somebody else sweeps here, is in Seen alone.
	Seen    int
	Live    int // somebody holds the lock
	Kept    int // marked, by Detach or Keep
	Young   int // younger than MinAge
	Foreign int // of another user, open to others, a mount point, or no directory

	Removed []string // orphans that are gone; with DryRun those that would be
	Failed  []string // orphans that could not be removed, or not wholly; the error of Sweep says why
}

// Sweep deletes the trees of processes that ended before they released them. A tree that a process holds is never touched: a lock says so, which
// the system takes back the moment the process ends, however that happens.
//
// It looks in the host's temp directory for names with [DefaultPrefix], unless [In], [WithSearch] or [Prefix] say otherwise; with a [Suffix] for that alone. It takes
// only directories that New made for the same user, whoever else may have made something of such a name. Any number of processes may sweep at once, and one
// that is killed leaves its work to the next.
//
// The report is valid with an error, too. Errors are about the host and name its paths: those of [New] about the directory; [ErrUnsafeFS]; what kept an
// orphan from being removed, each joined, a *fs.PathError around a *[ReleaseError] if that was in the tree; the error of a [Context].
func Sweep(opts ...SweepOption) (SweepReport, error) {
	c, err := newSweepConfig(opts)
	if err != nil {
		return SweepReport{}, err
	}
	dir, err := hostDir(&c.placement)
	if err != nil {
		return SweepReport{}, err
	}
	return c.sweep(dir)
}

func (c *sweepConfig) sweep(dir string) (SweepReport, error) {
	orphans := disk.Orphans{
		Dir:    dir,
		IsName: func(name []byte) bool { return isRootName(name, c.prefix, c.suffix) },
		MinAge: c.minAge, DryRun: c.dryRun, Most: c.most,
	}
	s, err := orphans.Sweep(c.ctx)
	report := SweepReport{Dir: dir, Seen: s.Seen, Live: s.Live, Kept: s.Kept, Young: s.Young, Foreign: s.Foreign}
	host := disk.Host{Dir: dir}
	for _, name := range s.Removed {
		report.Removed = append(report.Removed, host.Path(name))
	}
	errs := []error{err}
	for _, f := range s.Failed {
		path := host.Path(f.Name)
		report.Failed = append(report.Failed, path)
		errs = append(errs, notSwept(path, f.Err))
	}
	return report, errors.Join(errs...)
}

// notSwept puts the host path to what disk tells of an orphan, which has it already if it is about the host.
func notSwept(path string, err error) error {
	if errors.As(err, new(*disk.Failures)) {
		return pathError(opSweep, path, releaseError(path, err))
	}
	return err
}

// The bounds of the sweep before New: whoever calls that does not wait for a sweep.
const (
	firstTimeout = 100 * time.Millisecond
	firstMost    = 1000

	// firstMinAge keeps sweepers in a hurry from taking newborns out of the hands of those who make them: these would go on with another name, and another.
	firstMinAge = 10 * time.Second
)

// SweepFirst makes [New] sweep its directory first, as [Sweep] with [MinAge] of 10 s and of any suffix: once in a process for each directory and prefix, at most 1000
// trees and for 100 ms. What it cannot do, and why, is not told. [Test] does so by default. In memory it means nothing.
func SweepFirst() Option {
	return option(func(c *config) { c.sweepsFirst = firstSweep{firstMinAge, firstTimeout} })
}

// firstSweep is such a sweep; its zero value is none.
type firstSweep struct{ minAge, within time.Duration }

func (f firstSweep) sweep(dir, prefix string) {
	if !swept.first(dir, prefix) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), f.within)
	defer cancel()
	c := &sweepConfig{placement: placement{prefix: prefix}, ctx: ctx, minAge: f.minAge, most: firstMost}
	_, _ = c.sweep(dir) // an orphan that stays is no reason for New to fail
}

// sweptSet is what this process has swept before a New.
type sweptSet struct {
	mu  sync.Mutex
	set map[sweptPlace]struct{} // guarded by mu
}

type sweptPlace struct{ dir, prefix string }

var swept = sweptSet{set: map[sweptPlace]struct{}{}}

// maxSwept bounds what a process remembers that makes each Fs in another directory. Past it a place may be swept again.
const maxSwept = 1000

// first is true once for each place.
func (s *sweptSet) first(dir, prefix string) bool {
	place := sweptPlace{dir, prefix}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.set[place]; ok {
		return false
	}
	if len(s.set) >= maxSwept {
		clear(s.set)
	}
	s.set[place] = struct{}{}
	return true
}
