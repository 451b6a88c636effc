//go:build memfallback_yield

package memfallback

import (
	"math/rand/v2"
	"runtime"
)

// yield lets others run, every other time: tests of what must look like one step find few windows otherwise.
func yield() {
	for range rand.IntN(4) - 1 {
		runtime.Gosched()
	}
}
