package unpack

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// recorder is a file that notes what is written where.
type recorder struct {
	afero.File
	content []byte
	written []int // offsets and lengths
}

func (r *recorder) WriteAt(p []byte, offset int64) (int, error) {
	if end := int(offset) + len(p); end > len(r.content) {
		r.content = append(r.content, make([]byte, end-len(r.content))...)
	}
	copy(r.content[offset:], p)
	r.written = append(r.written, int(offset), len(p))
	return len(p), nil
}

func (r *recorder) Truncate(size int64) error {
	if grow := int(size) - len(r.content); grow > 0 {
		r.content = append(r.content, make([]byte, grow)...)
	}
	return nil
}

func TestSparseContentLeavesHoles(t *testing.T) {
	content := make([]byte, 5*bufferSize+100)
	copy(content[3*holeSize:], "data")
	copy(content[2*bufferSize-2:], "across pieces")
	copy(content[len(content)-50:], "near the end")
	x := &extraction{}
	x.meter.limits = Limits{Bytes: 1 << 30, FileSize: 1 << 30}
	w := worker{x: x, ctx: t.Context(), buffer: make([]byte, bufferSize), tell: func(string) {}}
	var file recorder
	require.NoError(t, w.copy(&file, iotest.OneByteReader(bytes.NewReader(content)), &Entry{sparse: true}))
	require.Equal(t, content, file.content)
	require.Equal(t, []int{3 * holeSize, holeSize, 2*bufferSize - holeSize, holeSize, 2 * bufferSize, holeSize, 5 * bufferSize, 100}, file.written)
}

func TestRunsOfDataAreOneWrite(t *testing.T) {
	piece := append(append(bytes.Repeat([]byte("x"), 3*holeSize), make([]byte, 2*holeSize)...), strings.Repeat("y", holeSize+7)...)
	var file recorder
	require.NoError(t, writePiece(&file, piece, 0, true))
	require.Equal(t, []int{0, 3 * holeSize, 5 * holeSize, holeSize + 7}, file.written)
}

func TestShortWriteIsAnError(t *testing.T) {
	short := func(p []byte) (int, error) { return len(p) - 1, nil }
	require.ErrorIs(t, write([]byte("abc"), short), io.ErrShortWrite)
	require.NoError(t, write(nil, short))
}

func TestPieceKeepsTheErrorOfItsReader(t *testing.T) {
	p := make([]byte, 10)
	n, err := readPiece(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF)), p)
	require.Equal(t, 3, n)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	n, err = readPiece(strings.NewReader("0123456789"), p)
	require.Equal(t, 10, n)
	require.NoError(t, err)
}

func TestNamedKeepsTheFirstName(t *testing.T) {
	err := named("outer", named("inner", refuse(ErrFormat, "why")))
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, &Error{Name: "inner", Reason: "why", Err: ErrFormat}, e)
	require.NoError(t, named("x", nil))
	broken := errors.New("broken")
	require.EqualError(t, named("x", broken), `unpack: entry "x": broken`)
}
