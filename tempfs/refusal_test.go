package tempfs

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRefusalIsTakenOnce(t *testing.T) {
	var table refusalTable
	one, two := errors.New("one"), errors.New("two")
	first, second := table.errnoFor(one), table.errnoFor(two)
	require.NotEqual(t, first, second)
	require.Same(t, two, table.take(second))
	require.Same(t, one, table.take(first))
	require.Equal(t, syscall.EIO, table.take(first))
	require.Empty(t, table.kept)
}

// TestErrnosCrossAsTheyAre, but for those that must not be taken for the kernel's.
func TestErrnosCrossAsTheyAre(t *testing.T) {
	var table refusalTable
	require.Zero(t, table.errnoFor(nil))
	require.Equal(t, syscall.ENOSPC, table.errnoFor(syscall.ENOSPC))
	for _, errno := range []syscall.Errno{syscall.ENOSPC, seeCause, firstRefusal - 1, firstRefusal + refusalRange} {
		require.Equal(t, errno, table.take(errno))
	}
	number := table.keep(syscall.EOPNOTSUPP)
	require.NotEqual(t, syscall.EOPNOTSUPP, number)
	require.Equal(t, syscall.EOPNOTSUPP, table.take(number))
	require.Empty(t, table.kept)
}

// TestForgottenRefusals are bounded, and the oldest go.
func TestForgottenRefusals(t *testing.T) {
	var table refusalTable
	numbers := make([]syscall.Errno, 3*maxRefusals)
	for i := range numbers {
		numbers[i] = table.errnoFor(fmt.Errorf("%d", i))
	}
	require.Len(t, table.kept, maxRefusals)
	for i, number := range numbers {
		if i < len(numbers)-maxRefusals {
			require.Equal(t, syscall.EIO, table.take(number))
			continue
		}
		require.EqualError(t, table.take(number), strconv.Itoa(i))
	}
}

// TestRefusalNumbersComeAround once all were given.
func TestRefusalNumbersComeAround(t *testing.T) {
	table := refusalTable{next: 3*refusalRange - 2, oldest: 3*refusalRange - 2}
	var numbers []syscall.Errno
	for i := range 5 {
		numbers = append(numbers, table.errnoFor(fmt.Errorf("%d", i)))
	}
	require.Less(t, numbers[2], numbers[1])
	for i, number := range numbers {
		require.EqualError(t, table.take(number), strconv.Itoa(i))
	}
}

func TestRefusalsOfManyAtOnce(t *testing.T) {
	var table refusalTable
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 1000 {
				err := fmt.Errorf("%d %d", g, i)
				if number := table.errnoFor(err); table.take(number) != err {
					t.Error("another error")
				}
			}
		})
	}
	all.Wait()
	require.Empty(t, table.kept)
}

// TestStoppedCallsLeaveNoRefusal, whatever they look at and drop on their way.
func TestStoppedCallsLeaveNoRefusal(t *testing.T) {
	stopped := errors.New("stopped")
	Each(t, func(t *testing.T, f *Fs) {
		before := len(refusals.kept)
		require.ErrorIs(t, f.MkdirAll("a/b/", 0o755), stopped)
		_, err := f.Create("a/b")
		require.ErrorIs(t, err, stopped)
		_, err = f.TemporaryFile()
		require.ErrorIs(t, err, stopped)
		_, err = f.CreateTemp("", "")
		require.ErrorIs(t, err, stopped)
		_, err = f.MkdirTemp("", "")
		require.ErrorIs(t, err, stopped)
		require.ErrorIs(t, f.Rename("x", "y/z"), stopped)
		require.Len(t, refusals.kept, before)
	}, ImplicitParents(), WithHook(func(Op) error { return stopped }))
}

// TestParentThatIsStoppedLeavesNoRefusal, where another error is told, or none: somebody made the directory meanwhile.
func TestParentThatIsStoppedLeavesNoRefusal(t *testing.T) {
	stopped := errors.New("stopped")
	Each(t, func(t *testing.T, f *Fs) {
		before := len(refusals.kept)
		hook := func(op Op) error {
			switch {
			case op.Kind != OpMkdir:
				return nil
			case op.Name == "made": // by somebody else
				require.Zero(t, f.tree.Mkdir("made", 0o755))
			}
			return stopped
		}
		f.hold(f.tree, hook)
		_, err := f.Create("a/b")
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.NoError(t, f.MkdirAll("made", 0o755))
		require.Len(t, refusals.kept, before)
	}, ImplicitParents())
}

// withoutTmpfile is a backend whose filesystem has no O_TMPFILE.
type withoutTmpfile struct{ backend }

func (withoutTmpfile) OpenUnnamed(string, int, fs.FileMode, bool) (handle, syscall.Errno) {
	return nil, syscall.EOPNOTSUPP
}

// TestFileThatWasNamedIsOneTemporaryToAHook, where the system has none without a name.
func TestFileThatWasNamedIsOneTemporaryToAHook(t *testing.T) {
	Each(t, func(t *testing.T, f *Fs) {
		var asked []string
		var answer error
		f.hold(withoutTmpfile{f.tree}, func(op Op) error {
			asked = append(asked, op.String())
			return answer
		})
		made, err := f.TemporaryFile()
		require.NoError(t, err)
		_, err = made.WriteString("x")
		require.NoError(t, err)
		require.NoError(t, made.Close())
		require.Equal(t, []string{"temporary /.", "write : 1 bytes at 0", "close "}, asked)

		answer = syscall.EOPNOTSUPP
		_, err = f.TemporaryFile()
		require.Equal(t, &fs.PathError{Op: "open", Path: "/", Err: syscall.EOPNOTSUPP}, err)
	})
}
