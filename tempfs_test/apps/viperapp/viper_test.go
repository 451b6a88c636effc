package viperapp

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// formats are those that viper reads and writes by itself, each with a file that sets name and port.
var formats = map[string]string{
	"json":   `{"name": "anna", "port": 80}`,
	"toml":   "name = 'anna'\nport = 80\n",
	"yaml":   "name: anna\nport: 80\n",
	"yml":    "name: anna\nport: 80\n",
	"dotenv": "NAME=anna\nPORT=80\n",
	"env":    "NAME=anna\nPORT=80\n",
}

// TestViper has viper do all that it does with files.
func TestViper(t *testing.T) {
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		require.NoError(t, on.Fs.MkdirAll("/etc/app", 0o755))
		checks := on.Checks(t)
		for format, text := range formats {
			checks.Check("reads and writes "+format, func() error { return throughFormat(on.Fs, format, text) })
		}
		checkReading(checks, on.Fs)
		checkWriting(checks, on.Fs)
		checks.Record("viper")
	})
}

func throughFormat(fsys afero.Fs, format, text string) error {
	name, changed := "/etc/app/formats."+format, "/etc/app/changed."+format
	if err := afero.WriteFile(fsys, name, []byte(text), 0o644); err != nil {
		return err
	}
	v, err := read(fsys, name)
	if err != nil {
		return err
	}
	if err = holds(v, "anna", 80); err != nil {
		return err
	}
	v.Set("port", 443)
	if err = v.WriteConfigAs(changed); err != nil {
		return err
	}
	v, err = read(fsys, changed)
	return errors.Join(err, holds(v, "anna", 443))
}

func checkReading(checks *trial.Checks, fsys afero.Fs) {
	checks.Check("looks in one directory after the other", func() error {
		err := fixture.Write(fsys, fixture.Tree{"etc/config.yaml": "name: machine", "home/anna/config.yaml": "name: user", "usr/app": "no directory"})
		v := onFs(fsys)
		for _, dir := range []string{"/no/such", "/usr", "/home/anna", "/etc"} {
			v.AddConfigPath(dir)
		}
		return errors.Join(err, v.ReadInConfig(), holds(v, "user", 0), same("file", v.ConfigFileUsed(), "/home/anna/config.yaml"))
	})
	checks.Check("says that there is none", func() error {
		v := onFs(fsys)
		v.AddConfigPath("/no/such")
		var missing viper.ConfigFileNotFoundError
		return want(errors.As(v.ReadInConfig(), &missing), "no ConfigFileNotFoundError")
	})
	checks.Check("merges", func() error {
		err := fixture.Write(fsys, fixture.Tree{"merged/a.yaml": "name: a\nlog: {level: info, file: x}", "merged/b.yaml": "log: {level: debug}\nport: 1"})
		if err != nil {
			return err
		}
		v, err := read(fsys, "/merged/a.yaml")
		if err != nil {
			return err
		}
		v.SetConfigFile("/merged/b.yaml")
		return errors.Join(v.MergeInConfig(), holds(v, "a", 1), same("file", v.GetString("log.file"), "x"), same("level", v.GetString("log.level"), "debug"))
	})
	checks.Check("takes no directory for an empty file", func() error {
		_, err := read(fsys, "/etc/app")
		return want(err != nil, "the directory was read")
	})
	checks.Check("reads what is large", func() error {
		err := afero.WriteFile(fsys, "/etc/app/large.yaml", []byte("# "+strings.Repeat("x", 100_000)+"\nname: anna\nport: 80\n"), 0o644)
		if err != nil {
			return err
		}
		v, err := read(fsys, "/etc/app/large.yaml")
		return errors.Join(err, holds(v, "anna", 80))
	})
}

func checkWriting(checks *trial.Checks, fsys afero.Fs) {
	checks.Check("SafeWriteConfig makes the file", func() error {
		return errors.Join(owner(fsys, "first").SafeWriteConfig(), contains(fsys, "/etc/app/config.yaml", "name: first\n"))
	})
	checks.Check("SafeWriteConfig leaves the file that is there", func() error {
		var exists viper.ConfigFileAlreadyExistsError
		return errors.Join(
			want(errors.As(owner(fsys, "second").SafeWriteConfig(), &exists), "no ConfigFileAlreadyExistsError"),
			contains(fsys, "/etc/app/config.yaml", "name: first\n"),
		)
	})
	checks.Check("WriteConfig leaves nothing of a file that was longer", func() error {
		v := owner(fsys, "x")
		return errors.Join(
			afero.WriteFile(fsys, "/etc/app/config.yaml", []byte("name: "+strings.Repeat("long", 10_000)), 0o644),
			v.WriteConfig(),
			contains(fsys, "/etc/app/config.yaml", "name: x\n"),
		)
	})
	checks.Check("SetConfigPermissions", func() error {
		v := owner(fsys, "x")
		v.SetConfigPermissions(0o600)
		err := v.WriteConfigAs("/etc/app/secret.yaml")
		info, missing := fsys.Stat("/etc/app/secret.yaml")
		if err = errors.Join(err, missing); err != nil {
			return err
		}
		return same("mode", info.Mode(), fs.FileMode(0o600))
	})
	checks.Check("a missing directory is an error", func() error {
		return want(errors.Is(owner(fsys, "x").WriteConfigAs("/no/such/config.yaml"), fs.ErrNotExist), "it is none")
	})
	checks.Check("what is below a file is an error", func() error {
		err := owner(fsys, "x").WriteConfigAs("/etc/app/config.yaml/below.yaml")
		return errors.Join(want(errors.Is(err, syscall.ENOTDIR), fmt.Sprint("it is not ENOTDIR: ", err)), contains(fsys, "/etc/app/config.yaml", "name: x\n"))
	})
}

// onFs is a viper that looks for config.yaml.
func onFs(fsys afero.Fs) *viper.Viper {
	v := viper.New()
	v.SetFs(fsys)
	v.SetConfigName("config")
	v.SetConfigType("yaml")
	return v
}

// owner is one that has a name to write.
func owner(fsys afero.Fs, name string) *viper.Viper {
	v := onFs(fsys)
	v.AddConfigPath("/etc/app")
	v.Set("name", name)
	return v
}

func read(fsys afero.Fs, name string) (*viper.Viper, error) {
	v := viper.New()
	v.SetFs(fsys)
	v.SetConfigFile(name)
	return v, v.ReadInConfig()
}

func holds(v *viper.Viper, name string, port int) error {
	return errors.Join(same("name", v.GetString("name"), name), same("port", v.GetInt("port"), port))
}

func contains(fsys afero.Fs, name, content string) error {
	got, err := afero.ReadFile(fsys, name)
	return errors.Join(err, same(name, string(got), content))
}

func same[T comparable](what string, got, wanted T) error {
	return want(got == wanted, fmt.Sprintf("%s: %v, and not %v", what, got, wanted))
}

func want(holds bool, otherwise string) error {
	if holds {
		return nil
	}
	return errors.New(otherwise)
}

// TestViperWithImplicitParents writes into directories that nobody has made, as it does on a MemMapFs.
func TestViperWithImplicitParents(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		v := owner(fsys, "anna")
		require.NoError(t, v.SafeWriteConfig())
		require.NoError(t, v.WriteConfigAs("/home/anna/.config/app/config.toml"))
		fixture.Assert(t, fsys, fixture.Tree{
			"etc/app/config.yaml":               "name: anna\n",
			"home/anna/.config/app/config.toml": "name = 'anna'\n",
		})
	}, tempfs.ImplicitParents())
}

// TestViperFollowsLinks inside of the Fs, to read and to write, wherever they lead.
func TestViperFollowsLinks(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"dotfiles/app.yaml": "name: anna", "etc/app/config.yaml": fixture.Link("/dotfiles/app.yaml"), "leak.yaml": fixture.Link("../../../../etc/os-release")})
		v, err := read(fsys, "/etc/app/config.yaml")
		require.NoError(t, err)
		require.NoError(t, holds(v, "anna", 0))
		v.Set("name", "berta")
		require.NoError(t, v.WriteConfig())
		require.NoError(t, contains(fsys, "/dotfiles/app.yaml", "name: berta\n"))
		_, err = read(fsys, "/leak.yaml")
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
}

// TestViperMakesOneOfMany: of those that have all seen that there is no configuration, and now write one, one does it.
func TestViperMakesOneOfMany(t *testing.T) {
	const writers = 8
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/etc/app", 0o755))
		var looking sync.WaitGroup
		looking.Add(writers)
		fsys = fsys.TestClone(t, tempfs.WithHook(func(op tempfs.Op) error {
			if op.Kind == tempfs.OpCreate {
				looking.Done()
				looking.Wait()
			}
			return nil
		}))

		results := make(chan error)
		for i := range writers {
			go func() { results <- owner(fsys, fmt.Sprint("writer", i)).SafeWriteConfig() }()
		}
		made := 0
		for range writers {
			if err := <-results; err == nil {
				made++
			} else {
				require.ErrorIs(t, err, fs.ErrExist)
			}
		}
		require.Equal(t, 1, made)
	})
}

// TestViperMakesPathsAbsolute by the working directory of the host, which no Fs has: paths for AddConfigPath have to begin at the root.
func TestViperMakesPathsAbsolute(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"conf/config.yaml": "name: anna"})
		v := onFs(fsys)
		v.AddConfigPath("conf")
		var missing viper.ConfigFileNotFoundError
		require.ErrorAs(t, v.ReadInConfig(), &missing)
		v.AddConfigPath("/conf")
		require.NoError(t, v.ReadInConfig())
	})
}
