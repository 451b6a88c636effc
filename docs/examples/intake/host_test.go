package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs/unpack"
)

// host is the part of a machine that an archive might want to change: a fixture of its own.
type host struct {
	fsys   *tempfs.Fs
	dir    string // its root
	target string // of the intake
}

// before is what the host has.
var before = fixture.Tree{
	"home/secret.txt": fixture.File{Data: "secret\n", Mode: 0o600},
	"home/bin/tool":   fixture.File{Data: "#!/bin/sh\n", Mode: 0o755},
	"home/":           fixture.Dir{Mode: 0o755},
	"tmp/":            fixture.Dir{Mode: 0o755},
}

func newHost(t *testing.T) host {
	t.Helper()
	fsys := fixture.Build(t, tempfs.Test(t), before)
	dir, err := fsys.RealPath("/")
	require.NoError(t, err)
	return host{fsys, dir, filepath.Join(dir, "home", "in")}
}

// take runs the program, with what it needs of the disk in /tmp of the host.
func (h host) take(t *testing.T, archive []byte, b backend, opts ...tempfs.Option) ([]file, error) {
	t.Helper()
	return h.takeWithin(t, archive, unpack.Limits{}, b, opts...)
}

func (h host) takeWithin(t *testing.T, archive []byte, limits unpack.Limits, b backend, opts ...tempfs.Option) ([]file, error) {
	t.Helper()
	return take(t.Context(), bytes.NewReader(archive), h.target, limits, append(b(filepath.Join(h.dir, "tmp")), opts...)...)
}

// requireUnchanged wants it to be as it was, to the modes: nothing is taken in, and nothing is left in its temp directory.
func (h host) requireUnchanged(t *testing.T, whatHappened any) {
	t.Helper()
	if !fixture.Assert(t, h.fsys, before) {
		t.Fatal(whatHappened)
	}
}

// backend gives the options for an Fs that keeps on the disk what it must in this directory.
type backend func(temp string) []tempfs.Option

var backends = map[string]backend{
	"disk":   func(temp string) []tempfs.Option { return []tempfs.Option{tempfs.In(temp)} },
	"memory": func(string) []tempfs.Option { return []tempfs.Option{tempfs.InMemory()} },
	"spill":  func(temp string) []tempfs.Option { return []tempfs.Option{tempfs.SpillOver(0), tempfs.In(temp)} },
}

// eachBackend is tempfs.Each for a program that makes its Fs itself.
func eachBackend(t *testing.T, fn func(t *testing.T, b backend)) {
	t.Helper()
	for name, b := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, b)
		})
	}
}
