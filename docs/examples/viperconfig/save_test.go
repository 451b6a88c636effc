package main

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
	"github.com/aferotemp/go/tempfs/fixture"
)

const (
	oldContent = "listen: ':80'\n"
	newContent = "listen: :80\nlog:\n    level: warn\n"
)

func TestSaveWritesTheUsersFileAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ before, after fixture.Tree }{
		"a first setting": {
			before: fixture.Tree{machineFile[1:]: "timeout: 5s\n"},
			after: fixture.Tree{
				machineFile[1:]: fixture.File{Data: "timeout: 5s\n", Mode: 0o644},
				"home/":         fixture.Dir{}, "home/anna/.config/": fixture.Dir{Mode: 0o700}, "home/anna/.config/greeter/": fixture.Dir{Mode: 0o700},
				userFile[1:]: fixture.File{Data: "log:\n    level: warn\n", Mode: 0o600},
			},
		},
		"one more":       {before: machine("", oldContent), after: machine("", newContent)},
		"another value":  {before: machine("", "log: {level: debug}"), after: machine("", "log:\n    level: warn\n")},
		"the mode stays": {before: fixture.Tree{userFile[1:]: fixture.File{Data: oldContent, Mode: 0o640}}, after: fixture.Tree{userFile[1:]: fixture.File{Data: newContent, Mode: 0o640}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				fixture.Build(t, fsys, c.before)
				require.NoError(t, on(fsys, nil).save("log.level", "warn"))
				fixture.Assert(t, fsys, c.after)
			})
		})
	}
}

// TestRefusedSettingsChangeNothing: those that are wrong, and all when a file is wrong already.
func TestRefusedSettingsChangeNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files      fixture.Tree
		key, value string
	}{
		"no setting":            {machine("", oldContent), "colour", "red"},
		"no value for it":       {machine("", oldContent), "timeout", "soon"},
		"a section":             {machine("", oldContent), "log", "warn"},
		"a broken file":         {machine("", "listen: ["), "log.level", "warn"},
		"the machine's, broken": {machine("listen: [", oldContent), "log.level", "warn"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				fixture.Build(t, fsys, c.files)
				require.Error(t, on(fsys, nil).save(c.key, c.value))
				fixture.Assert(t, fsys, c.files)
			})
		})
	}
}

// cloneWith is a copy of the fixture that meets the fault: it is built once, and copied for each round.
func cloneWith(t *testing.T, built *tempfs.Fs, fault *faults.Fault) *tempfs.Fs {
	t.Helper()
	clone, err := built.Clone(tempfs.WithHook(fault.Hook))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, clone.Release()) })
	return clone
}

// contentOf is the user's file.
func contentOf(t *testing.T, fsys afero.Fs) string {
	t.Helper()
	content, err := afero.ReadFile(fsys, userFile)
	require.NoError(t, err)
	return string(content)
}

// TestEachOperationOfASaveFails once: the file is the old or the new, as the program says, and nothing is beside it. Some failures need no telling, since no harm comes of them: afero.ReadFile can do without the size of a file.
func TestEachOperationOfASaveFails(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, built *tempfs.Fs) {
		fixture.Build(t, built, machine("timeout: 5s", oldContent))
		for _, errno := range []error{syscall.ENOSPC, syscall.EIO, syscall.EACCES} {
			var told []tempfs.OpKind
			for fault := range faults.Every(errno) {
				fsys := cloneWith(t, built, fault)
				err := fault.Run(func() error { return on(fsys, nil).save("log.level", "warn") })
				want := machine("timeout: 5s", newContent)
				if err != nil {
					require.ErrorIs(t, err, errno)
					want = machine("timeout: 5s", oldContent)
					told = append(told, fault.Op().Kind)
				}
				if !fixture.Assert(t, fsys, want) {
					t.Fatal(fault)
				}
			}
			require.Subset(t, told, []tempfs.OpKind{tempfs.OpOpen, tempfs.OpRead, tempfs.OpCreate, tempfs.OpWrite, tempfs.OpSync, tempfs.OpClose, tempfs.OpChmod, tempfs.OpRename})
		}
	})
}

// TestProgramIsKilledInASave: from some operation on it does nothing any more. A temporary file may stay, and the next save does without it.
func TestProgramIsKilledInASave(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, built *tempfs.Fs) {
		fixture.Build(t, built, machine("", oldContent))
		for fault := range faults.FromEvery(errors.New("killed")) {
			fsys := cloneWith(t, built, fault)
			_ = fault.Run(func() error { return on(fsys, nil).save("log.level", "warn") })
			require.Contains(t, []string{oldContent, newContent}, contentOf(t, fsys), fault)
			require.NoError(t, on(fsys, nil).save("log.level", "warn"))
			fixture.Assert(t, fsys, machine("", newContent), fixture.Ignore(".config-*"))
		}
	})
}

// TestSaveOfViperIsFoundToBeTorn by the same loop, which is why save does not use it: it empties the file before it writes.
func TestSaveOfViperIsFoundToBeTorn(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, built *tempfs.Fs) {
		fixture.Build(t, built, machine("", oldContent))
		var torn []string
		for fault := range faults.Every(syscall.ENOSPC) {
			fsys := cloneWith(t, built, fault)
			_ = fault.Run(func() error {
				v := viper.New()
				v.SetFs(fsys)
				v.SetConfigFile(userFile)
				if err := v.MergeInConfig(); err != nil {
					return err
				}
				v.Set("log.level", "warn")
				return v.WriteConfig()
			})
			if content := contentOf(t, fsys); content != oldContent && content != newContent {
				torn = append(torn, fault.Op().Kind.String()+" leaves "+content)
			}
		}
		require.Equal(t, []string{"write leaves " + newContent[:len(newContent)/2]}, torn)
	})
}

func TestDirectoryThatMayNotBeWritten(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		before := fixture.Tree{userFile[1:]: oldContent, "home/anna/.config/greeter/": fixture.Dir{Mode: 0o500}}
		fixture.Build(t, fsys, before)
		denied := fsys.Mkdir("/home/anna/.config/greeter/probe", 0o700) // root may
		if denied == nil {
			require.NoError(t, fsys.Remove("/home/anna/.config/greeter/probe"))
			require.NoError(t, on(fsys, nil).save("log.level", "warn"))
			return
		}
		require.ErrorIs(t, on(fsys, nil).save("log.level", "warn"), fs.ErrPermission)
		fixture.Assert(t, fsys, before)
	})
}
