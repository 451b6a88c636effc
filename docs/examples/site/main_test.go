package main

import (
	"bytes"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

// site runs the program on a site that is in the directory /home of fsys.
func site(fsys *tempfs.Fs, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(func(dir string) afero.Fs { return afero.NewBasePathFs(fsys, dir) }, args, &out, &errs)
	return status, out.String(), errs.String()
}

func TestProgramTellsWhatItDid(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, source(t), fixture.In("/home"))
		for _, run := range []struct {
			args []string
			says string
		}{
			{[]string{"/home"}, "5 written, 0 removed, 0 as they were\n"},
			{[]string{"/home"}, "0 written, 0 removed, 5 as they were\n"},
			{[]string{"-clean", "/home"}, "5 written, 0 removed, 0 as they were\n"},
		} {
			status, stdout, stderr := site(fsys, run.args...)
			require.Equal(t, 0, status, stderr)
			require.Equal(t, run.says, stdout)
		}
		fixture.Golden(t, fsys, "testdata/public.txtar", fixture.In("/home/public"))
		served := fixture.Tree{"about.html": fixture.File{Data: fixture.Any, Mode: 0o644}}
		fixture.Assert(t, fsys, served, fixture.In("/home/public"), fixture.Only("about.html"))
	})
}

func TestProgramSaysWhatIsWrong(t *testing.T) {
	fsys := tempfs.Test(t)
	status, stdout, stderr := site(fsys, "/")
	require.Equal(t, 1, status)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "layout/page.html")

	for _, args := range [][]string{nil, {"one", "two"}, {"-nonsense", "/"}} {
		status, stdout, stderr = site(fsys, args...)
		require.Equal(t, 2, status)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "usage:")
	}
}
