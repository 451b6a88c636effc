package memfallback

import (
	"math"
	"sync/atomic"
	"time"
)

// timestamp is a moment in nanoseconds since 1970: of the years 1678 to 2262. What is outside becomes the first or the last of them, as the
// kernel has it for the range of a filesystem.
type timestamp int64

var firstTime, lastTime = time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)

func newTimestamp(t time.Time) timestamp {
	switch {
	case t.Before(firstTime):
		return math.MinInt64
	case t.After(lastTime):
		return math.MaxInt64
	}
	return timestamp(t.UnixNano())
}

func (t timestamp) time() time.Time { return time.Unix(0, int64(t)) }

// wall is the system's clock, read once in a while; in between the time that has passed is added. That takes half as long as
// time.Now, which every change of a file asks for.
var wall struct{ last atomic.Pointer[reading] }

type reading struct {
	at   time.Time // with the monotonic clock
	wall timestamp // of at
}

// maxReadingAge bounds for how long a step of the clock, or a suspended machine, goes unseen.
const maxReadingAge = 10 * time.Millisecond

// systemTime is the time of now. A reading of another clock, that of a bubble of testing/synctest or of outside it, is far
// off in the monotonic clock too, and so not used.
func systemTime() timestamp {
	if r := wall.last.Load(); r != nil {
		if passed := time.Since(r.at); passed >= 0 && passed < maxReadingAge {
			return r.wall + timestamp(passed)
		}
	}
	now := time.Now()
	r := &reading{at: now, wall: timestamp(now.UnixNano())}
	wall.last.Store(r)
	return r.wall
}
