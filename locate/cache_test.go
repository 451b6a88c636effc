package locate

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCacheSearchesOnceForAll(t *testing.T) {
	var c cache
	var searches atomic.Int32
	var wg sync.WaitGroup
	start := make(chan struct{})
	for range 100 {
		wg.Go(func() {
			<-start
			dir, err := c.get(func() (string, error) {
				searches.Add(1)
				return "/found", nil
			})
			if dir != "/found" || err != nil {
				t.Errorf("%q, %v", dir, err)
			}
		})
	}
	close(start)
	wg.Wait()
	require.EqualValues(t, 1, searches.Load())
}

func TestCacheKeepsNoFailure(t *testing.T) {
	var c cache
	failure := errors.New("failure")
	for range 2 {
		dir, err := c.get(func() (string, error) { return "/half", failure })
		require.Equal(t, failure, err)
		require.Empty(t, dir)
	}
	dir, err := c.get(func() (string, error) { return "/found", nil })
	require.NoError(t, err)
	require.Equal(t, "/found", dir)
	dir, err = c.get(func() (string, error) { return "", failure })
	require.NoError(t, err)
	require.Equal(t, "/found", dir)
}
