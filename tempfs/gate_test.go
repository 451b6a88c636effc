package tempfs

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func isIdle(g *gate) bool {
	select {
	case <-g.idle():
		return true
	default:
		return false
	}
}

func TestSealedGateLetsNoneIn(t *testing.T) {
	g := newGate()
	require.True(t, g.enter())
	g.leave()
	require.False(t, isIdle(g), "idle before it was sealed")
	g.seal()
	require.True(t, isIdle(g))
	require.False(t, g.enter())
	require.False(t, g.enter())
	g.seal()
	require.True(t, isIdle(g))
}

func TestGateIsIdleWhenTheLastHasLeft(t *testing.T) {
	g := newGate()
	require.True(t, g.enter())
	require.True(t, g.enter())
	g.seal()
	require.False(t, g.enter())
	require.False(t, isIdle(g))
	g.leave()
	require.False(t, isIdle(g))
	g.leave()
	require.True(t, isIdle(g))
}

// What the gate guards is never touched after idle, whatever the interleaving.
func TestGateUnderRace(t *testing.T) {
	for range 200 {
		g := newGate()
		var closed atomic.Bool
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for g.enter() {
					if closed.Load() {
						t.Error("in use after it was closed")
					}
					g.leave()
				}
			})
		}
		g.seal()
		<-g.idle()
		closed.Store(true)
		wg.Wait()
	}
}
