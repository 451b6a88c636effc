//go:build unix

package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

const childUmask = "umask"

func init() { children[childUmask] = modesUnder }

// TestModesUnderUmasks are what was asked for, bit by bit, also under a umask that takes the owner's. It is the umask of the whole process, hence of a
// child.
func TestModesUnderUmasks(t *testing.T) {
	for _, mask := range []string{"0", "027", "077", "0777"} {
		t.Run(mask, func(t *testing.T) { require.NoError(t, runChild(t, childUmask, mask)) })
	}
}

// modesUnder is the child.
func modesUnder(mask string) error {
	number, err := strconv.ParseUint(mask, 8, 32)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	syscall.Umask(int(number))
	errs := []error{modesOf("the host", makerOnHost(dir))}
	for _, backend := range backendNames {
		errs = append(errs, tempfs.With(modesInFs, optionsIn(backend, dir)...))
	}
	return errors.Join(errs...)
}

func modesInFs(fsys *tempfs.Fs) error {
	errs := []error{modesOf(fsys.String(), makerOf(fsys, ""))}
	dir, err := fsys.MkdirTemp("", "")
	if err != nil {
		return err
	}
	info, err := fsys.Stat(dir)
	if err != nil {
		return err
	}
	errs = append(errs, equal("the mode of MkdirTemp", info.Mode(), fs.ModeDir|0o700), put(fsys, dir+"/f", "it can be used"))
	f, err := fsys.CreateTemp(dir, "")
	if err != nil {
		return err
	}
	defer f.Close()
	info, err = f.Stat()
	return errors.Join(append(errs, err, equal("the mode of CreateTemp", info.Mode(), fs.FileMode(0o600)))...)
}

func modesOf(where string, m maker) (err error) {
	for _, kind := range []string{"unnamed", "named"} {
		for _, c := range []struct {
			opts []tempfs.FileOption
			want fs.FileMode
		}{
			{nil, 0o600},
			{[]tempfs.FileOption{tempfs.Perm(0o666)}, 0o666},
			{[]tempfs.FileOption{tempfs.Perm(0o751)}, 0o751},
			{[]tempfs.FileOption{tempfs.Perm(0)}, 0},
			{[]tempfs.FileOption{tempfs.Perm(fs.ModeSetuid | 0o755)}, fs.ModeSetuid | 0o755},
		} {
			f, failed := m.file(kind, c.opts...)
			if failed != nil {
				return errors.Join(err, failed)
			}
			info, failed := f.Stat()
			if failed != nil {
				return errors.Join(err, failed)
			}
			what := fmt.Sprintf("the mode of a file that is %s on %s", kind, where)
			err = errors.Join(err, equal(what, info.Mode(), c.want), f.Close())
		}
	}
	return err
}

// TestOthersCannotRead what is made by default: the mode has no bit for them.
func TestOthersCannotRead(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		for _, kind := range []string{"unnamed", "named"} {
			f, err := m.file(kind)
			require.NoError(t, err)
			info, err := f.Stat()
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o600), info.Mode())
			stat, ok := info.Sys().(*syscall.Stat_t)
			require.True(t, ok)
			require.EqualValues(t, os.Geteuid(), stat.Uid)
			require.EqualValues(t, map[string]int{"unnamed": 0, "named": 1}[kind], stat.Nlink)
			require.NoError(t, f.Close())
		}
	})
}
