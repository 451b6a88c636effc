package tempfs

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Info tells of an Fs that was not released yet.
type Info struct {
	Backend string // as Fs.Backend gives it
	Dir     string // on the host; "" in memory
	Origin  string // file:line of the call that made it; "" when that is not known
}

// Live lists the filesystems of this process that were not released, the oldest first. It keeps none of them
// alive. A [Fs.Sub] is a part of its Fs and not listed.
func Live() []Info {
	live.mu.Lock()
	defer live.mu.Unlock()
	infos := make([]Info, 0, len(live.entries))
	for _, id := range slices.Sorted(maps.Keys(live.entries)) {
		e := live.entries[id]
		infos = append(infos, Info{Backend: e.backend, Dir: e.dir, Origin: e.callers.origin()})
	}
	return infos
}

// live is the registry of the process. It holds what Live tells and never an Fs, which could then not become garbage.
var live = struct {
	mu      sync.Mutex
	last    registration              // guarded by mu
	entries map[registration]liveInfo // guarded by mu
}{entries: map[registration]liveInfo{}}

type liveInfo struct {
	backend, dir string
	callers      callers
}

// registration is the ticket of an Fs in the registry; they count up.
type registration uint64

// register takes the callers of this function's caller when from is nil.
func register(backend, dir string, from *callers) registration {
	e := liveInfo{backend: backend, dir: dir}
	if from != nil {
		e.callers = *from
	} else {
		runtime.Callers(2, e.callers[:])
	}
	live.mu.Lock()
	defer live.mu.Unlock()
	live.last++
	live.entries[live.last] = e
	return live.last
}

func (r registration) remove() {
	live.mu.Lock()
	defer live.mu.Unlock()
	delete(live.entries, r)
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
