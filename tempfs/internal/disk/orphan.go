package disk

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"time"
)

// ErrUnsafe says that the filesystem is not one whose locks everybody sees.
var ErrUnsafe = errors.New("not a filesystem whose locks everybody sees")

// Orphans are the root directories in Dir whose processes ended before they were released.
type Orphans struct {
	Dir    string                 // on the host, absolute
	IsName func(name []byte) bool // whether it is a name of a directory that was locked from birth
	MinAge time.Duration          // since the last change of the inode; not of the content alone, which the user dates as he likes
	DryRun bool                   // only says what would be removed
	Most   int                    // candidates to look at, drawn by lot when there are more; 0: all
}

// Swept says what a sweep found.
type Swept struct {
	Seen, Live, Kept, Young, Foreign int // candidates, by what they are; one that went meanwhile is in Seen alone

	Removed []string // their names
	Failed  []NotSwept
}

// NotSwept is an orphan that is still there, at least in part; its Err may be a *Failures.
type NotSwept struct {
	Name string
	Err  error
}

// candidate is an entry of the directory with a name of ours.
type candidate struct {
	name  string
	isDir bool // says the directory, which need not know it
}

// verdict is what a candidate is found to be.
type verdict int

const (
	orphaned verdict = iota
	gone             // somebody else removed it
	foreign          // not of ours, for all its name
	kept
	young
	live // somebody holds its lock
)

// Sweep removes them. Any number of processes may sweep the same directory, and make trees in it; one that is killed leaves its work to the next.
//
// Errors are about the host and name its paths: ErrUnsafe, before anything was opened in the directory; that of ctx, with what was swept until
// then.
func (o *Orphans) Sweep(ctx context.Context) (Swept, error) {
	var s Swept
	p, err := openParent(o.Dir)
	if err != nil {
		return s, err
	}
	defer p.close()
	if !p.locks() {
		return s, &fs.PathError{Op: "sweep", Path: o.Dir, Err: ErrUnsafe}
	}
	all, err := p.candidates(ctx, o.IsName)
	if err != nil {
		return s, err
	}
	for _, c := range o.drawn(all) {
		if ctx.Err() != nil {
			break
		}
		s.Seen++
		found, err := p.sweep(ctx, c, o)
		s.count(c.name, found, err)
	}
	if err := ctx.Err(); err != nil {
		return s, &fs.PathError{Op: "sweep", Path: o.Dir, Err: err}
	}
	return s, nil
}

// drawn are o.Most of all. Were they the first, those behind many live ones would never be reached.
func (o *Orphans) drawn(all []candidate) []candidate {
	if o.Most <= 0 || len(all) <= o.Most {
		return all
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:o.Most]
}

func (s *Swept) count(name string, found verdict, err error) {
	if err != nil {
		var failures *Failures
		if errors.As(err, &failures) && failures.Count == 0 {
			return // the context ended it, and is told of once
		}
		s.Failed = append(s.Failed, NotSwept{name, err})
		return
	}
	switch found {
	case orphaned:
		s.Removed = append(s.Removed, name)
	case foreign:
		s.Foreign++
	case kept:
		s.Kept++
	case young:
		s.Young++
	case live:
		s.Live++
	case gone:
	}
}
