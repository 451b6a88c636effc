package main

import (
	"archive/tar"
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs/unpack"
)

// png is the beginning of a picture, which is what its type goes by.
const png = "\x89PNG\x0D\x0A\x1A\x0A and so on"

// delivery is a good archive: modes and a link count that nobody wants are no reason to refuse it.
var delivery = []item{
	{name: "docs/", kind: tar.TypeDir, mode: 0o700},
	{name: "docs/readme.txt", content: "Hello.\n", mode: 0o4755},
	{name: "docs/empty.txt", mode: 0o600},
	{name: "pictures/one.PNG", content: png, mode: 0o000},
	{name: "table.csv", content: "a,b\n1,2\n", mode: 0o666},
}

// TestDeliveryIsTakenIn from each format, as testdata has it.
func TestDeliveryIsTakenIn(t *testing.T) {
	eachBackend(t, func(t *testing.T, b backend) {
		for format, archive := range archivesOf(t, delivery...) {
			t.Run(format, func(t *testing.T) {
				h := newHost(t)
				files, err := h.take(t, archive, b)
				require.NoError(t, err)
				require.Len(t, files, 4)
				fixture.Golden(t, h.fsys, "testdata/in.txtar", fixture.In("/home/in"), fixture.WithModes())

				require.NoError(t, h.fsys.RemoveAll("/home/in"))
				h.requireUnchanged(t, "beside the delivery")
			})
		}
	})
}

// TestSecondDeliveryDoesNotReplaceTheFirst, nor anything else.
func TestSecondDeliveryDoesNotReplaceTheFirst(t *testing.T) {
	eachBackend(t, func(t *testing.T, b backend) {
		for _, inTheWay := range []fixture.Tree{{"home/in/files/old.txt": "old"}, {"home/in/": nil}, {"home/in": "a file"}, {"home/in": fixture.Link("secret.txt")}} {
			h := newHost(t)
			fixture.Build(t, h.fsys, inTheWay)
			_, err := h.take(t, zipOf(t, delivery...), b)
			require.ErrorIs(t, err, fs.ErrExist)
			fixture.Assert(t, h.fsys, inTheWay, fixture.Only("home/in", "home/in/**"))
			require.NoError(t, h.fsys.RemoveAll("/home/in"))
			h.requireUnchanged(t, inTheWay)
		}
	})
}

func TestIntakeThatIsCalledOff(t *testing.T) {
	eachBackend(t, func(t *testing.T, b backend) {
		h := newHost(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := take(ctx, bytes.NewReader(tarOf(t, delivery...)), h.target, unpack.Limits{}, b(filepath.Join(h.dir, "tmp"))...)
		require.ErrorIs(t, err, context.Canceled)
		h.requireUnchanged(t, "called off")
	})
}

// intake runs the program.
func intake(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), errs.String()
}

func TestProgramTellsWhatItTookIn(t *testing.T) {
	h := newHost(t)
	archive := filepath.Join(h.dir, "tmp", "archive")
	require.NoError(t, os.WriteFile(archive, tarGzOf(t, delivery...), 0o600))

	status, stdout, stderr := intake(t, "-bytes", "32", archive, h.target)
	require.Equal(t, 1, status)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "too large")

	status, stdout, stderr = intake(t, "-bytes", "33", archive, h.target)
	require.Equal(t, 0, status, stderr)
	require.Equal(t, "4 files, 33 bytes\n", stdout)
}

func TestProgramSaysWhatIsWrong(t *testing.T) {
	h := newHost(t)
	status, _, stderr := intake(t, filepath.Join(h.dir, "missing"), h.target)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "missing")
	for _, args := range [][]string{nil, {"one"}, {"one", "two", "three"}, {"-bytes", "many", "one", "two"}} {
		status, stdout, stderr := intake(t, args...)
		require.Equal(t, 2, status)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "usage:")
	}
	h.requireUnchanged(t, "usage")
}
