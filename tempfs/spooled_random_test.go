package tempfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// TestSpooledDoesWhatAFileDoes takes random steps on a spooled file and on a file of package os, and compares all that they tell.
func TestSpooledDoesWhatAFileDoes(t *testing.T) {
	const runs, steps = 4, 64
	skipUnlessPOSIX(t) // the reference
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		dir := t.TempDir()
		for _, flag := range []int{0, os.O_APPEND, os.O_WRONLY, os.O_WRONLY | os.O_APPEND} {
			for _, budget := range []int64{-1, 0, 1, 100, 5000, 100_000} {
				for seed := range uint64(runs) {
					f := spooled.must(t, budget, Flags(flag))
					reference := plainFile(t, filepath.Join(dir, "reference"), flag)
					random := rand.New(rand.NewPCG(seed, uint64(budget)))
					compare(t, f, reference, random, steps, fmt.Sprintf("flag %#x, budget %d, seed %d", flag, budget, seed))
					require.NoError(t, f.Close())
					require.NoError(t, reference.Close())
					require.NoError(t, os.Remove(reference.Name()))
				}
			}
		}
	})
}

func plainFile(t *testing.T, name string, flag int) *os.File {
	t.Helper()
	if flag&os.O_WRONLY == 0 {
		flag |= os.O_RDWR
	}
	f, err := os.OpenFile(name, flag|os.O_CREATE|os.O_EXCL, 0o600)
	require.NoError(t, err)
	return f
}

// compare writes the steps down, for whoever has to find the one that differs.
func compare(t *testing.T, f *SpooledFile, reference *os.File, random *rand.Rand, steps int, which string) {
	t.Helper()
	var script strings.Builder
	check := func(want, got any) {
		t.Helper()
		if want != got {
			require.Equal(t, want, got, "%s\n%s", which, &script)
		}
	}
	for i := range steps {
		s := randomStep(random)
		fmt.Fprintf(&script, "%s %d bytes, at %d, %d\n", s.name, len(s.p), s.offset, s.whence)
		check(s.do(reference), s.do(f))
		check(stateOf(reference), stateOf(f))
		if i%8 == 7 {
			check(contentOf(reference), contentOf(f))
		}
		if random.IntN(steps) == 0 {
			script.WriteString("Roll\n")
			require.NoError(t, f.Roll(), "%s\n%s", which, &script)
		}
	}
	check(contentOf(reference), contentOf(f))
}

// step is an operation with its arguments.
type step struct {
	name   string
	op     func(s step, f afero.File) (n int64, got string, err error)
	p      []byte
	offset int64
	whence int
}

// outcome is what an operation returned.
type outcome struct {
	n        int64
	got, err string
}

func (s step) do(f afero.File) outcome {
	n, got, err := s.op(s, f)
	return outcome{n, got, plainly(err)}
}

var stepKinds = []step{
	{name: "Write", op: func(s step, f afero.File) (int64, string, error) {
		n, err := f.Write(s.p)
		return int64(n), "", err
	}},
	{name: "WriteAt", op: func(s step, f afero.File) (int64, string, error) {
		n, err := f.WriteAt(s.p, s.offset)
		return int64(n), "", err
	}},
	{name: "ReadFrom", op: func(s step, f afero.File) (int64, string, error) {
		n, err := f.(io.ReaderFrom).ReadFrom(strings.NewReader(string(s.p)))
		return n, "", err
	}},
	{name: "Read", op: func(s step, f afero.File) (int64, string, error) {
		got := make([]byte, len(s.p))
		n, err := f.Read(got)
		return int64(n), string(got), err
	}},
	{name: "ReadAt", op: func(s step, f afero.File) (int64, string, error) {
		got := make([]byte, len(s.p))
		n, err := f.ReadAt(got, s.offset)
		return int64(n), string(got), err
	}},
	{name: "WriteTo", op: func(_ step, f afero.File) (int64, string, error) {
		var b strings.Builder
		n, err := f.(io.WriterTo).WriteTo(&b)
		return n, b.String(), err
	}},
	{name: "Seek", op: func(s step, f afero.File) (int64, string, error) {
		n, err := f.Seek(s.offset, s.whence)
		return n, "", err
	}},
	{name: "Truncate", op: func(s step, f afero.File) (int64, string, error) { return 0, "", f.Truncate(s.offset) }},
}

func randomStep(random *rand.Rand) step {
	s := stepKinds[random.IntN(len(stepKinds))]
	s.offset = random.Int64N(300) - 50
	if random.IntN(8) == 0 {
		s.offset = random.Int64N(150_000)
	}
	n := random.IntN(150)
	if random.IntN(16) == 0 {
		n = random.IntN(80_000)
	}
	s.p = make([]byte, n)
	for i := range s.p {
		s.p[i] = byte('a' + (i+n)%26)
	}
	s.whence = []int{io.SeekStart, io.SeekCurrent, io.SeekEnd, 77}[random.IntN(4)]
	return s
}

// stateOf has the offset, the size and the mode of the file.
func stateOf(f afero.File) [3]int64 {
	offset, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		offset = -1
	}
	info, err := f.Stat()
	if err != nil {
		return [3]int64{offset, -1, -1}
	}
	return [3]int64{offset, info.Size(), int64(info.Mode())}
}

func contentOf(f afero.File) outcome {
	p := make([]byte, stateOf(f)[1]+1)
	n, err := f.ReadAt(p, 0)
	return outcome{int64(n), string(p[:n]), plainly(err)}
}

// plainly is the error without the name of the file, and of the package.
func plainly(err error) string {
	var shaped *fs.PathError
	if errors.As(err, &shaped) {
		return shaped.Op + ": " + shaped.Err.Error()
	}
	return strings.TrimPrefix(strings.TrimPrefix(fmt.Sprint(err), "os: "), "tempfs: ")
}
