package tempfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// What nothing inside may ever give out: the content of a file outside, and the name of another.
const (
	secret     = "the secret outside"
	secretName = "only-outside"
)

// outside is a directory of the host, beside the root of an Fs, that must stay as it is.
type outside struct {
	dir   string
	state string
}

func newOutside(t *testing.T, dir string) outside {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "sub", "empty"), 0o755))
	for _, name := range []string{"secret", secretName, filepath.Join("sub", "secret")} {
		name = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(name, []byte(secret), 0o640))
		require.NoError(t, os.Chtimes(name, longAgo, longAgo))
	}
	for _, name := range []string{filepath.Join("sub", "empty"), "sub", "."} {
		require.NoError(t, os.Chtimes(filepath.Join(dir, name), longAgo, longAgo))
	}
	o := outside{dir: dir}
	state, err := o.look()
	require.NoError(t, err)
	o.state = state
	return o
}

// look describes everything in the directory: names, modes, owners, numbers of links, mtimes and content.
func (o outside) look() (string, error) {
	var state strings.Builder
	err := filepath.WalkDir(o.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(&state, name, info.Mode(), info.ModTime().UnixNano(), ownership(info))
		if info.Mode().IsRegular() {
			content, err := os.ReadFile(name)
			fmt.Fprintf(&state, "%q %v\n", content, err)
		}
		return nil
	})
	return state.String(), err
}

// changed tells what is no longer as it was.
func (o outside) changed() error {
	now, err := o.look()
	if err != nil {
		return fmt.Errorf("outside: %w", err)
	}
	if now != o.state {
		return fmt.Errorf("outside was\n%s\nand is\n%s", o.state, now)
	}
	return nil
}

// arena is a filesystem with something outside that it must not reach.
type arena struct {
	fs      afero.Fs
	base    string // the host directory of the Fs; "" in memory
	outside outside
}

// basePath is afero's way to what tempfs does.
func basePath(t *testing.T) arena {
	t.Helper()
	base := filepath.Join(t.TempDir(), "app")
	require.NoError(t, os.Mkdir(base, 0o755))
	return arena{afero.NewBasePathFs(afero.NewOsFs(), base), base, newOutside(t, base+"-secret")}
}

// inside is the arena of an Fs of ours.
func inside(t *testing.T, fsys *tempfs.Fs) arena {
	t.Helper()
	base, err := fsys.RealPath("/")
	if errors.Is(err, tempfs.ErrNoRealPath) {
		return arena{fsys, "", newOutside(t, filepath.Join(t.TempDir(), "app-secret"))}
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(base+"-secret")) })
	return arena{fsys, base, newOutside(t, base+"-secret")}
}

// sibling is the relative name of the directory outside, seen from the root.
func (a arena) sibling() string { return "../" + filepath.Base(a.outside.dir) }

// plant makes a symbolic link as an attacker would, behind the back of the Fs if it has one.
func (a arena) plant(target, name string) error {
	if a.base == "" {
		return a.fs.(afero.Linker).SymlinkIfPossible(target, name)
	}
	return os.Symlink(target, filepath.Join(a.base, name))
}

// escaped tells what came in or went out: a change outside, or the secret in a file inside.
func (a arena) escaped() error {
	return errors.Join(a.outside.changed(), a.leaked())
}

func (a arena) leaked() error {
	if a.base == "" {
		return nil
	}
	return filepath.WalkDir(a.base, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		if bytes.Contains(content, []byte(secret)) {
			return errors.New("the secret is in " + name)
		}
		return err
	})
}

// shows is what is wrong with something that an Fs said: nothing, unless it knows the secret.
func shows(said string) error {
	for _, s := range []string{secret, secretName} {
		if strings.Contains(said, s) {
			return fmt.Errorf("it says %q", s)
		}
	}
	return nil
}
