package tempfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// atStep calls fn before each step; an error of it is that of the step.
func atStep(fn func(step string) error) PersistOption {
	return persistOption(func(c *persistConfig) { c.onStep = fn })
}

// faultAt fails the nth step that there is, and tells which one that was.
type faultAt struct {
	n     int
	steps []string
}

func (f *faultAt) option() PersistOption {
	return atStep(func(step string) error {
		f.steps = append(f.steps, step)
		if len(f.steps) == f.n {
			return syscall.EIO
		}
		return nil
	})
}

// at is the step that failed, "" if there were fewer.
func (f *faultAt) at() string {
	if len(f.steps) < f.n {
		return ""
	}
	return f.steps[f.n-1]
}

// persistKinds make something and return how to persist it.
var persistKinds = map[string]func(t *testing.T, f *Fs) func(host string, opts ...PersistOption) error{
	"file": func(t *testing.T, f *Fs) func(string, ...PersistOption) error {
		putNew(t, f, "/s")
		return func(host string, opts ...PersistOption) error { return f.Persist("/s", host, opts...) }
	},
	"tree": func(t *testing.T, f *Fs) func(string, ...PersistOption) error {
		makeNewTree(t, f, "/s")
		return func(host string, opts ...PersistOption) error { return f.Persist("/s", host, opts...) }
	},
	"root": func(t *testing.T, f *Fs) func(string, ...PersistOption) error {
		makeNewTree(t, f, "/s")
		return func(host string, opts ...PersistOption) error { return f.Persist("/", host, opts...) }
	},
	"open": func(t *testing.T, f *Fs) func(string, ...PersistOption) error {
		putNew(t, f, "/s")
		open, err := f.Open("/s")
		require.NoError(t, err)
		return func(host string, opts ...PersistOption) error { return PersistFile(open, host, opts...) }
	},
	"spooled": func(t *testing.T, f *Fs) func(string, ...PersistOption) error {
		open, err := f.SpooledTemporaryFile(10, Linkable())
		require.NoError(t, err)
		_, err = open.WriteString("new")
		require.NoError(t, err)
		return func(host string, opts ...PersistOption) error { return PersistFile(open, host, opts...) }
	},
}

// putNew makes a file with a special bit, which Persist takes away.
func putNew(t *testing.T, f *Fs, name string) {
	t.Helper()
	require.NoError(t, afero.WriteFile(f, name, []byte("new"), 0o600))
	require.NoError(t, f.Chmod(name, fs.ModeSetuid|0o640))
}

func makeNewTree(t *testing.T, f *Fs, name string) {
	t.Helper()
	require.NoError(t, f.MkdirAll(name+"/d", 0o755))
	putNew(t, f, name+"/a")
	putNew(t, f, name+"/d/b")
	require.NoError(t, f.SymlinkIfPossible("a", name+"/l"))
	require.NoError(t, f.Chmod(name, fs.ModeSticky|0o750))
}

// describeFs tells everything of an Fs, modes included.
func describeFs(t *testing.T, f *Fs) string {
	t.Helper()
	var s strings.Builder
	require.NoError(t, afero.Walk(f, "/", func(name string, info fs.FileInfo, err error) error {
		if err != nil {
			return err
		}
		fmt.Fprint(&s, name, info.Mode())
		if info.Mode().IsRegular() {
			content, err := afero.ReadFile(f, name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&s, "%q", content)
		}
		s.WriteByte('\n')
		return nil
	}))
	return s.String()
}

func hostNames(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestPersistFaults fails each step of each way once.
func TestPersistFaults(t *testing.T) {
	for kind, newKind := range persistKinds {
		for _, replace := range []bool{false, true} {
			for _, durable := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/replace=%v/durable=%v", kind, replace, durable), func(t *testing.T) {
					Each(t, func(t *testing.T, f *Fs) { testPersistFaults(t, f, newKind, replace, durable) })
				})
			}
		}
	}
}

func testPersistFaults(
	t *testing.T, f *Fs, newKind func(*testing.T, *Fs) func(string, ...PersistOption) error, replace, durable bool,
) {
	seen := map[string]bool{}
	for n := 1; ; n++ {
		require.NoError(t, f.RemoveAll("/"))
		persist := newKind(t, f)
		source := describeFs(t, f)
		dir := t.TempDir()
		host := filepath.Join(dir, "host")
		isDir := strings.Contains(source, "/s/d") // the kind has the one over which it may go
		if replace {
			makeOldHost(t, host, isDir)
		}
		before := hostNames(t, dir)
		fault := faultAt{n: n}
		var result PersistResult
		opts := []PersistOption{fault.option(), WithResult(&result)}
		if durable {
			opts = append(opts, Durable())
		}
		err := persist(host, opts...)
		if isDir && replace && !canExchange && fault.at() == "" {
			require.ErrorIs(t, err, syscall.ENOTEMPTY)
			require.Equal(t, source, describeFs(t, f))
			requireOldHost(t, host, true, true)
			return
		}
		seen[fault.at()] = true
		switch step := fault.at(); step {
		case "":
			require.NoError(t, err)
			require.Equal(t, PersistResult{Published: true, Copied: result.Copied, Exchanged: isDir && replace}, result)
			requireSteps(t, seen, durable)
			return
		case stepRemove:
			require.NoError(t, err)
			require.True(t, result.SourceLeft || result.OldLeft)
		default:
			requireFault(t, err, step)
			if step != stepCheck && step != stepSyncDirectory {
				require.False(t, result.Published)
				require.Equal(t, before, hostNames(t, dir), step)
				require.Equal(t, source, describeFs(t, f), step)
				requireOldHost(t, host, replace, isDir)
			}
		}
	}
}

func requireFault(t *testing.T, err error, step string) {
	t.Helper()
	var failed *PersistError
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, err, syscall.EIO)
	require.Equal(t, step, failed.Step)
	isLate := step == stepCheck || step == stepSyncDirectory
	require.Equal(t, isLate, failed.Published, step)
	require.Equal(t, step == stepSyncDirectory, errors.Is(err, ErrNotDurable))
}

// requireSteps wants those that each way has.
func requireSteps(t *testing.T, seen map[string]bool, durable bool) {
	t.Helper()
	for _, step := range []string{stepLook, stepOpen, stepScan, stepPublish, stepCheck} {
		require.True(t, seen[step], step)
	}
	require.Equal(t, durable, seen[stepSync])
	require.Equal(t, durable, seen[stepSyncDirectory])
}

func makeOldHost(t *testing.T, host string, isDir bool) {
	t.Helper()
	if isDir {
		require.NoError(t, os.MkdirAll(filepath.Join(host, "old"), 0o700))
		return
	}
	require.NoError(t, os.WriteFile(host, []byte("old"), 0o600))
}

func requireOldHost(t *testing.T, host string, isThere, isDir bool) {
	t.Helper()
	switch {
	case !isThere:
		require.NoFileExists(t, host)
	case isDir:
		require.Equal(t, []string{"old"}, hostNames(t, host))
	default:
		content, err := os.ReadFile(host)
		require.NoError(t, err)
		require.Equal(t, "old", string(content))
	}
}

// TestPersistSyncsEverything, each file and directory once, before it is published.
func TestPersistSyncsEverything(t *testing.T) {
	Each(t, func(t *testing.T, f *Fs) {
		makeNewTree(t, f, "/s")
		var steps []string
		note := atStep(func(step string) error { steps = append(steps, step); return nil })
		require.NoError(t, f.Persist("/s", filepath.Join(t.TempDir(), "host"), note, Durable()))
		syncs := 0
		for _, step := range steps {
			if step == stepPublish {
				break
			}
			if step == stepSync {
				syncs++
			}
		}
		require.Equal(t, 4, syncs, "a, d, d/b and the top: %v", steps)
	})
}

// TestPersistReplacedMeanwhile has somebody take the place of what was published before it is looked at.
func TestPersistReplacedMeanwhile(t *testing.T) {
	for kind, newKind := range persistKinds {
		t.Run(kind, func(t *testing.T) {
			Each(t, func(t *testing.T, f *Fs) {
				persist := newKind(t, f)
				host := filepath.Join(t.TempDir(), "host")
				var result PersistResult
				err := persist(host, WithResult(&result), atStep(func(step string) error {
					if step != stepCheck {
						return nil
					}
					return errors.Join(os.Rename(host, host+"2"), os.WriteFile(host, nil, 0o600))
				}))
				require.ErrorIs(t, err, ErrReplaced)
				require.True(t, result.Published)
				require.Equal(t, []string{"host", "host2"}, hostNames(t, filepath.Dir(host)))
			})
		})
	}
}

// TestPersistTakenMeanwhile has somebody take the name right before: a file where nothing is to be replaced, a directory that a file never
// replaces, a file that a directory never does.
func TestPersistTakenMeanwhile(t *testing.T) {
	for kind, newKind := range persistKinds {
		for _, noReplace := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/noReplace=%v", kind, noReplace), func(t *testing.T) {
				Each(t, func(t *testing.T, f *Fs) {
					persist := newKind(t, f)
					source := describeFs(t, f)
					host := filepath.Join(t.TempDir(), "host")
					isDir := strings.Contains(source, "/s/d")
					want := map[bool]error{false: syscall.EISDIR, true: syscall.ENOTDIR}[isDir]
					opts := []PersistOption{atStep(func(step string) error {
						if step == stepPublish {
							makeOldHost(t, host, !isDir)
						}
						return nil
					})}
					if noReplace {
						opts, want = append(opts, NoReplace()), fs.ErrExist
					}
					err := persist(host, opts...)
					require.ErrorIs(t, err, want)
					var failed *PersistError
					require.ErrorAs(t, err, &failed)
					require.False(t, failed.Published)
					require.Equal(t, stepPublish, failed.Step)
					require.Equal(t, []string{"host"}, hostNames(t, filepath.Dir(host)))
					requireOldHost(t, host, true, !isDir)
					require.Equal(t, source, describeFs(t, f))
				})
			})
		}
	}
}

// TestPersistReleasedMeanwhile ends the Fs under a Persist, which then leaves nothing: what a release may have begun to delete is not moved.
func TestPersistReleasedMeanwhile(t *testing.T) {
	for kind, opts := range map[string][]Option{stepCopy: {InMemory()}, stepPublish: nil} {
		for _, what := range []string{"file", "tree", "root"} {
			t.Run(kind+"/"+what, func(t *testing.T) {
				f, err := New(opts...)
				require.NoError(t, err)
				persist := persistKinds[what](t, f)
				dir := t.TempDir()
				err = persist(filepath.Join(dir, "host"), atStep(func(step string) error {
					if step == kind || step == stepCopy {
						f.gate.seal()
						f.files.closeAll()
					}
					return nil
				}))
				require.ErrorIs(t, err, fs.ErrClosed)
				require.Empty(t, hostNames(t, dir))
				require.NoError(t, f.Release())
			})
		}
	}
}
