package tempfs_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestKeepOfAForgottenFs keeps what is on disk. Memory that nobody holds goes.
func TestKeepOfAForgottenFs(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		told := newLeaks()
		var info tempfs.Info
		lines := logged(t, func() {
			_, info = dropped(t, func(fsys *tempfs.Fs) (none struct{}, err error) {
				fill(t, fsys)
				return none, fsys.Remove("/f")
			}, append(opts, told.option(), tempfs.Keep(tempfs.KeepAlways))...)
			require.Equal(t, tempfs.Leak{Info: info}, told.next(t))
		})
		require.NotContains(t, tempfs.Live(), info)
		if info.Backend == "memory" {
			require.Empty(t, keptIn(t, dir))
			require.Empty(t, lines)
			return
		}
		require.Equal(t, info.Dir, requireKept(t, dir))
		require.Contains(t, lines, `msg="tempfs: tree kept" dir=`+info.Dir)
	})
}

// TestForgottenFsOfAFailure has nobody who knows of the failure: it goes.
func TestForgottenFsOfAFailure(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		told := newLeaks()
		_, info := dropped(t, nothing, append(opts, told.option(), tempfs.Keep(tempfs.KeepOnFailure))...)
		require.Equal(t, tempfs.Leak{Info: info}, told.next(t))
		require.Empty(t, keptIn(t, dir))
	})
}

// TestEndsWithKeptTrees has ReleaseAll, Exit and a signal keep what is to be kept.
func TestEndsWithKeptTrees(t *testing.T) {
	for _, how := range []string{"ReleaseAll", "Exit"} {
		dir := t.TempDir()
		t.Setenv("TEMPFS_TEST_KEEP_HOW", how)
		require.NoError(t, runChild(t, childKeeps, dir), how)
		for _, name := range keptIn(t, dir) {
			requireFilled(t, dir+"/"+name)
		}
		require.Len(t, keptIn(t, dir), 2, how)
	}
}

const childKeeps = "ends with an Fs of each backend that is to be kept"

func init() { children[childKeeps] = endKeeping }

func endKeeping(dir string) error {
	for _, opts := range [][]tempfs.Option{{tempfs.In(dir)}, {tempfs.InMemory(), searchIn(dir)}} {
		fsys, err := tempfs.New(append(opts, tempfs.Keep(tempfs.KeepAlways))...)
		if err != nil {
			return err
		}
		if err := filling(fsys); err != nil {
			return err
		}
	}
	if os.Getenv("TEMPFS_TEST_KEEP_HOW") == "Exit" {
		tempfs.Exit(0)
	}
	return tempfs.ReleaseAll()
}
