package tempfs_test

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// newest is the last entry of Live.
func newest(t *testing.T) tempfs.Info {
	t.Helper()
	all := tempfs.Live()
	require.NotEmpty(t, all)
	return all[len(all)-1]
}

// line is the caller's, shifted: file:line as an origin has it.
func line(t *testing.T, shift int) string {
	t.Helper()
	_, file, line, ok := runtime.Caller(1)
	require.True(t, ok)
	return fmt.Sprintf("%s:%d", file, line+shift)
}

func TestLive(t *testing.T) {
	before := len(tempfs.Live())
	disk, err := tempfs.New()
	require.NoError(t, err)
	require.Equal(t, tempfs.Info{Backend: "disk", Dir: rootOf(t, disk), Origin: line(t, -2)}, newest(t))
	memory, err := tempfs.New(tempfs.InMemory())
	require.NoError(t, err)
	require.Equal(t, tempfs.Info{Backend: "memory", Origin: line(t, -2)}, newest(t))
	require.Len(t, tempfs.Live(), before+2)

	sub, err := memory.Sub("/")
	require.NoError(t, err)
	require.Len(t, tempfs.Live(), before+2) // a part of its Fs
	require.NoError(t, sub.Release())
	require.Len(t, tempfs.Live(), before+2)

	require.NoError(t, disk.Release())
	require.Equal(t, "memory", newest(t).Backend)
	require.NoError(t, memory.Release())
	require.Len(t, tempfs.Live(), before)
}

func TestLiveForgetsTheDetached(t *testing.T) {
	before := len(tempfs.Live())
	fsys, err := tempfs.New()
	require.NoError(t, err)
	host, err := fsys.Detach()
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(host))
	require.Len(t, tempfs.Live(), before)
}

// TestOrigins are the caller's line for each way to make an Fs.
func TestOrigins(t *testing.T) {
	require.NoError(t, tempfs.With(func(*tempfs.Fs) error {
		require.Equal(t, line(t, -1), newest(t).Origin)
		return nil
	}))
	tb := &fakeTB{name: "TestX"}
	tempfs.Test(tb)
	require.Equal(t, line(t, -1), newest(t).Origin)
	tb.end()

	var origins []string
	here := line(t, 1)
	tempfs.Each(t, func(t *testing.T, _ *tempfs.Fs) {
		origins = append(origins, newest(t).Origin)
	})
	require.Equal(t, []string{here, here}, origins)
}

// TestLiveHoldsNothingAlive drops an Fs that was not released: it becomes garbage, and is still told of.
func TestLiveHoldsNothingAlive(t *testing.T) {
	both(t, func(t *testing.T, opts ...tempfs.Option) {
		before := len(tempfs.Live())
		dropped, host := dropOne(t, opts...)
		for range 10 {
			if dropped.Value() == nil {
				break
			}
			runtime.GC()
		}
		require.Nil(t, dropped.Value())
		require.Len(t, tempfs.Live(), before+1)
		require.Equal(t, host, newest(t).Dir)
		if host != "" {
			require.NoError(t, os.RemoveAll(host))
		}
	})
}

// dropOne makes an Fs, with an open file, and forgets both. Not inlined, so that no register remembers them.
//
//go:noinline
func dropOne(t *testing.T, opts ...tempfs.Option) (dropped weak.Pointer[tempfs.Fs], host string) {
	t.Helper()
	fsys, err := tempfs.New(opts...)
	require.NoError(t, err)
	f, err := fsys.OpenFile("/f", os.O_RDWR|os.O_CREATE, fs.ModePerm)
	require.NoError(t, err)
	require.NoError(t, errOf(f.WriteString("content")))
	return weak.Make(fsys), hostOf(t, fsys)
}
