package tempfs_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"

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
	spill, err := tempfs.New(tempfs.SpillOver(0))
	require.NoError(t, err)
	require.Equal(t, tempfs.Info{Backend: "spill", Origin: line(t, -2)}, newest(t))
	require.Len(t, tempfs.Live(), before+3)

	sub, err := memory.Sub("/")
	require.NoError(t, err)
	require.Len(t, tempfs.Live(), before+3) // a part of its Fs
	require.NoError(t, sub.Release())
	require.Len(t, tempfs.Live(), before+3)

	require.NoError(t, disk.Release())
	require.Equal(t, "spill", newest(t).Backend)
	require.NoError(t, spill.Release())
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
	require.Equal(t, []string{here, here, here}, origins)
}
