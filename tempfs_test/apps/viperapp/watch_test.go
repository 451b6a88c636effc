package viperapp

import (
	"bytes"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/spf13/afero"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

// patience is the end of a test whose event does not come.
const patience = time.Minute

// changes are ways to change the name in a file.
var changes = map[string]func(t *testing.T, fsys *tempfs.Fs, name, to string){
	"written over": func(t *testing.T, fsys *tempfs.Fs, name, to string) {
		t.Helper()
		require.NoError(t, afero.WriteFile(fsys, name, []byte("name: "+to+"\n"), 0o644))
	},
	"replaced by rename, as editors do": func(t *testing.T, fsys *tempfs.Fs, name, to string) {
		t.Helper()
		require.NoError(t, afero.WriteFile(fsys, name+"~", []byte("name: "+to+"\n"), 0o644))
		require.NoError(t, fsys.Rename(name+"~", name))
	},
}

// TestWatchByViper has viper watch and read by the path on the host.
func TestWatchByViper(t *testing.T) {
	for how, change := range changes {
		t.Run(how, func(t *testing.T) {
			fsys := fixture.Build(t, tempfs.Test(t), fixture.Tree{"etc/app/config.yaml": "name: before"})
			names := make(chan string)

			path, err := fsys.RealPath("/etc/app/config.yaml")
			require.NoError(t, err)
			v := viper.New() // without SetFs
			v.SetConfigFile(path)
			require.NoError(t, v.ReadInConfig())
			v.OnConfigChange(func(fsnotify.Event) {
				select {
				case names <- v.GetString("name"):
				case <-t.Context().Done():
				}
			})
			v.WatchConfig()

			for _, to := range []string{"after", "and after that"} {
				change(t, fsys, "/etc/app/config.yaml", to)
				awaitName(t, names, to)
			}
		})
	}
}

func awaitName(t *testing.T, names <-chan string, want string) {
	t.Helper()
	end := time.After(patience)
	for {
		select {
		case name := <-names: // one of a file that is written at the time may be empty
			if name == want {
				return
			}
		case <-end:
			t.Fatalf("the name did not become %q", want)
		}
	}
}

// TestWatchByFs watches the directory on the host and reads in the Fs, where links lead nowhere else.
func TestWatchByFs(t *testing.T) {
	for how, change := range changes {
		t.Run(how, func(t *testing.T) {
			fsys := fixture.Build(t, tempfs.Test(t), fixture.Tree{"etc/app/config.yaml": "name: before"})
			v, err := read(fsys, "/etc/app/config.yaml")
			require.NoError(t, err)

			dir, err := fsys.RealPath("/etc/app")
			require.NoError(t, err)
			watcher, err := fsnotify.NewWatcher()
			require.NoError(t, err)
			defer watcher.Close()
			require.NoError(t, watcher.Add(dir)) // not the file: a rename puts another one in its place

			for _, to := range []string{"after", "and after that"} {
				change(t, fsys, "/etc/app/config.yaml", to)
				awaitEvent(t, v, watcher, to)
			}
		})
	}
}

func awaitEvent(t *testing.T, v *viper.Viper, watcher *fsnotify.Watcher, want string) {
	t.Helper()
	end := time.After(patience)
	for v.GetString("name") != want {
		select {
		case event := <-watcher.Events:
			if filepath.Base(event.Name) == "config.yaml" {
				require.NoError(t, v.ReadInConfig())
			}
		case err := <-watcher.Errors:
			t.Fatal(err)
		case <-end:
			t.Fatalf("the name did not become %q", want)
		}
	}
}

// TestWatchInMemory: there is nothing that the host could watch.
func TestWatchInMemory(t *testing.T) {
	for _, option := range []tempfs.Option{tempfs.InMemory(), tempfs.SpillOver(0)} {
		fsys := fixture.Build(t, tempfs.Test(t, option), fixture.Tree{"etc/app/config.yaml": "name: before"})
		_, err := fsys.RealPath("/etc/app")
		require.ErrorIs(t, err, tempfs.ErrNoRealPath)
	}
}

// TestWatchEndsWithTheFs: viper has no other way to end a watch than that the file goes.
func TestWatchEndsWithTheFs(t *testing.T) {
	fsys := fixture.Build(t, tempfs.Test(t), fixture.Tree{"etc/app/config.yaml": "name: before"})
	path, err := fsys.RealPath("/etc/app/config.yaml")
	require.NoError(t, err)
	v := viper.New()
	v.SetConfigFile(path)
	v.WatchConfig()
	isWatched := func() bool {
		stacks := make([]byte, 1<<20)
		return bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("(*Viper).WatchConfig"))
	}
	require.True(t, isWatched())
	require.NoError(t, fsys.Release())
	require.Eventually(t, func() bool { return !isWatched() }, patience, time.Millisecond)
}
