package tempfs_test

import (
	"os"
	"path/filepath"
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
		if info.Backend != "disk" {
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

// TestEndsOfAProcessKeep what is to be kept, in memory too.
func TestEndsOfAProcessKeep(t *testing.T) {
	for how, ends := range keepingEnds {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv(childHow, how)
			err := runChild(t, childKeeps, dir)
			if ends == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, ends)
			}
			require.Len(t, keptIn(t, dir), len(backendNames))
			for _, name := range keptIn(t, dir) {
				requireFilled(t, filepath.Join(dir, name))
			}
		})
	}
}

// keepingEnds are the ways that a child ends, and what is said of its end, if that is not well. Files for one system add theirs.
var keepingEnds = map[string]string{"ReleaseAll": "", "Exit": "exit status 7"}

const (
	childKeeps = "ends with an Fs of each backend that is to be kept"
	childHow   = "TEMPFS_TEST_KEEP_HOW"
)

func init() { children[childKeeps] = endKeeping }

func endKeeping(dir string) error {
	for _, backend := range backendNames {
		fsys, err := tempfs.New(append(optionsFor(backend), searchIn(dir), tempfs.Keep(tempfs.KeepAlways))...)
		if err != nil {
			return err
		}
		if err := filling(fsys); err != nil {
			return err
		}
	}
	switch os.Getenv(childHow) {
	case "Exit":
		tempfs.Exit(7)
	case "signal":
		return dieOfSignal()
	}
	return tempfs.ReleaseAll()
}
