package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

const (
	home     = "/home/anna"
	userFile = home + "/.config/greeter/config.yaml"
)

// on are the layers on a machine with these files and this environment.
func on(fsys *tempfs.Fs, environment map[string]string) layers {
	return layers{fsys: fsys, home: home, getenv: func(name string) string { return environment[name] }}
}

// viperconfig runs the program.
func viperconfig(fsys *tempfs.Fs, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(on(fsys, nil), args, &out, &errs)
	return status, out.String(), errs.String()
}

func TestProgramShowsWhatItSaved(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{machineFile[1:]: "timeout: 5s\n"})

		status, stdout, stderr := viperconfig(fsys, "log.level", "warn")
		require.Equal(t, 0, status, stderr)
		require.Empty(t, stdout)

		status, stdout, stderr = viperconfig(fsys)
		require.Equal(t, 0, status, stderr)
		require.Equal(t, "listen: localhost:8080\ntimeout: 5s\nlog:\n    level: warn\n    file: \"\"\n", stdout)
	})
}

func TestProgramSaysWhatIsWrong(t *testing.T) {
	fsys := tempfs.Test(t)
	status, stdout, stderr := viperconfig(fsys, "log.level", "loud")
	require.Equal(t, 1, status)
	require.Empty(t, stdout)
	require.Equal(t, "viperconfig: log.level: \"loud\" is none of debug, info, warn, error\n", stderr)
	fixture.Assert(t, fsys, fixture.Tree{})

	status, _, stderr = viperconfig(fsys, "log.level")
	require.Equal(t, 2, status)
	require.Contains(t, stderr, "usage:")
}
