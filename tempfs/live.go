package tempfs

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"weak"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// Info tells of an Fs that was not released yet.
type Info struct {
	Backend string // as Fs.Backend gives it
	Dir     string // its root directory on the host; "" in memory, and of what spills
	Origin  string // file:line of the call that made it; "" when that is not known
}

// Live lists the filesystems of this process that were not released, the oldest first. It keeps none of them
// alive. A [Fs.Sub] is a part of its Fs and not listed.
func Live() []Info {
	infos := []Info{}
	for _, l := range live.all() {
		if l, ok := l.(*lifetime); ok {
			infos = append(infos, l.info())
		}
	}
	return infos
}

// Leak is told to the function of [OnLeak].
type Leak struct {
	Info
	File string // the name of a file that was still open at the release; "" when the Fs itself was forgotten
	Err  error  // of the release of a forgotten Fs; nil when nothing is left of it
}

// lifetime is what is needed to end an Fs when nobody holds that any more. It must not lead to the Fs, which could then never
// become garbage.
type lifetime struct {
	kind, dir string
	callers   callers
	onLeak    func(Leak)
	keeping   keeping
	fs        weak.Pointer[Fs]

	mu      sync.Mutex
	backend backend // guarded by mu
	ended   bool    // guarded by mu; nothing is left, or it is kept
}

func (l *lifetime) info() Info { return Info{Backend: l.kind, Dir: l.dir, Origin: l.callers.origin()} }

// delete deletes the tree. The Fs lets no operation in any more.
func (l *lifetime) delete(ctx context.Context, progress func(Progress)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return nil
	}
	var report func(entries, dirs, failed int64)
	if progress != nil {
		report = func(entries, dirs, failed int64) { progress(Progress{entries, dirs, failed}) }
	}
	if err := l.backend.Release(ctx, report); err != nil {
		return releaseError(l.dir, err)
	}
	l.end()
	return nil
}

// detach leaves the tree where it is, marked so that nobody sweeps it.
func (l *lifetime) detach() { l.leave((*disk.Tree).Detach) }

// keep is detach, and then the oldest of the trees that were kept go.
func (l *lifetime) keep() {
	l.leave((*disk.Tree).Keep)
	if l.dir != "" {
		l.keeping.removeOlder(l.dir)
	}
}

func (l *lifetime) leave(mark func(*disk.Tree) syscall.Errno) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if tree, ok := l.backend.(*disk.Tree); ok && !l.ended {
		_ = mark(tree) // unmarked it is kept as long as no sweep comes along
	}
	l.end()
}

func (l *lifetime) end() {
	l.ended = true
	live.remove(l)
}

func (l *lifetime) release(ctx context.Context) error {
	if f := l.fs.Value(); f != nil {
		return f.ReleaseContext(ctx, nil)
	}
	return l.abandon(ctx)
}

// abandon ends an Fs that nobody holds any more. What has no directory is out of reach then, and cannot be kept.
func (l *lifetime) abandon(ctx context.Context) error {
	if tree, ok := l.backend.(*disk.Tree); ok {
		tree.CloseFiles()
	}
	if l.keeping.policy != KeepAlways || l.kind != backendDisk {
		return l.delete(ctx, nil)
	}
	l.keep()
	tellKept(l.dir, nil)
	return nil
}

// forgotten is called by the runtime when nobody holds the Fs, nor a file or view of it. All such calls have one goroutine: a long
// one must not hold up those of others.
func (l *lifetime) forgotten() {
	go func() {
		err := l.abandon(context.Background())
		if l.onLeak != nil {
			l.onLeak(Leak{Info: l.info(), Err: err})
		}
	}()
}

// tellOpen tells of files that the release found open.
func (l *lifetime) tellOpen(names []string) {
	if l.onLeak == nil {
		return
	}
	for _, name := range names {
		l.onLeak(Leak{Info: l.info(), File: name})
	}
}

// newLifetime is that of f. It takes the callers of this function's caller unless f has others.
func newLifetime(f *Fs) *lifetime {
	l := &lifetime{
		kind: f.kind, dir: f.dir, onLeak: f.config.onLeak, keeping: f.config.keeping(), fs: weak.Make(f), backend: f.tree,
	}
	if f.config.callers != nil {
		l.callers = *f.config.callers
	} else {
		runtime.Callers(2, l.callers[:])
	}
	return l
}

// living is what is to be ended before the process is, and was not yet. It does not keep alive whom it is of.
type living interface {
	// release is that of whom it is of, if somebody still holds that. Else it does the same in its place.
	release(ctx context.Context) error
	info() Info
}

var (
	_ living = (*lifetime)(nil)
	_ living = (*namedEntry)(nil)
)

// registry is a set of what lives in the process.
type registry struct {
	mu   sync.Mutex
	last uint64            // guarded by mu; the numbers count up
	set  map[living]uint64 // guarded by mu
}

var live = registry{set: map[living]uint64{}}

func (r *registry) add(l living) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	r.set[l] = r.last
}

func (r *registry) remove(l living) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.set, l)
}

// all returns them, the oldest first.
func (r *registry) all() []living {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Collect(maps.Keys(r.set))
	slices.SortFunc(all, func(a, b living) int { return cmp.Compare(r.set[a], r.set[b]) })
	return all
}

// callers are return addresses, resolved only when somebody asks. Enough of them to leave this package.
type callers [12]uintptr

const thisPackage = "github.com/aferotemp/go/tempfs."

// origin is the first line outside of this package.
func (c *callers) origin() string {
	frames := runtime.CallersFrames(slices.DeleteFunc(slices.Clone(c[:]), func(pc uintptr) bool { return pc == 0 }))
	for {
		frame, more := frames.Next()
		isOurs := strings.HasPrefix(frame.Function, thisPackage) && !strings.HasSuffix(frame.File, "_test.go")
		if frame.Function != "" && !isOurs {
			return fmt.Sprintf("%s:%d", frame.File, frame.Line)
		}
		if !more {
			return ""
		}
	}
}
