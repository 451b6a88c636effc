package faults_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
)

var errFault = errors.New("fault")

// asked are the answers of a hook to operations, true for those that it stops.
func asked(h tempfs.Hook, ops ...tempfs.Op) []bool {
	stopped := make([]bool, len(ops))
	for i, op := range ops {
		stopped[i] = h(op) != nil
	}
	return stopped
}

func TestPathPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern string
		op      tempfs.Op
		holds   bool
	}{
		{"*.json", tempfs.Op{Name: "/a/b.json"}, true},
		{"*.json", tempfs.Op{Name: "b.json/"}, true},
		{"*.json", tempfs.Op{Name: "/b.json/a"}, false},
		{"/a/*", tempfs.Op{Name: "a/b"}, true},
		{"a/*", tempfs.Op{Name: "/a/b"}, true},
		{"/a/*", tempfs.Op{Name: "./x/../a/b"}, true},
		{"/a/*", tempfs.Op{Name: "/a/b/c"}, false},
		{"/", tempfs.Op{Name: "."}, true},
		{"/", tempfs.Op{Name: "../.."}, true},
		{"new", tempfs.Op{Name: "old", NewName: "/x/new"}, true},
		{"*", tempfs.Op{}, false}, // a file without a name
	} {
		assert.Equal(t, c.holds, faults.Path(c.pattern)(c.op), "%s %+v", c.pattern, c.op)
	}
	require.Panics(t, func() { faults.Path("[") })
}

// TestConditionsAreAskedInOrder, so that a later one counts what the earlier ones let through.
func TestConditionsAreAskedInOrder(t *testing.T) {
	write, read := tempfs.Op{Kind: tempfs.OpWrite}, tempfs.Op{Kind: tempfs.OpRead}
	ops := []tempfs.Op{write, read, write, read, write}
	require.Equal(t, []bool{false, false, true, false, false}, asked(faults.Fail(errFault, faults.On(tempfs.OpWrite), faults.Nth(2)), ops...))
	require.Equal(t, []bool{false, false, false, false, false}, asked(faults.Fail(errFault, faults.Nth(2), faults.On(tempfs.OpWrite)), ops...))
	require.Equal(t, []bool{true, true, true, true, true}, asked(faults.Fail(errFault), ops...))
}

func TestRateIsThatPart(t *testing.T) {
	const ops = 10000
	for _, part := range []float64{0, 0.3, 1} {
		held := 0
		when := faults.Rate(part, 1)
		for range ops {
			if when(tempfs.Op{}) {
				held++
			}
		}
		require.InDelta(t, part*ops, held, 200*part*(1-part)) // four standard deviations
	}
}

// TestFullIsShortByTheBook on every backend: the bytes that were there have room, no more, and the file has them.
func TestFullIsShortByTheBook(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, f *tempfs.Fs) {
		t.Helper()
		fsys, err := f.Clone(tempfs.WithHook(faults.Full(10, faults.Path("*.data"))))
		require.NoError(t, err)
		defer fsys.Release()
		for _, c := range []struct {
			name, content string
			n             int
		}{{"a.data", "1234567", 7}, {"other", "1234567", 7}, {"b.data", "1234567", 3}, {"c.data", "1", 0}, {"d.data", "", 0}} {
			file, err := fsys.Create(c.name)
			require.NoError(t, err)
			n, err := file.WriteString(c.content)
			require.Equal(t, c.n, n)
			if n < len(c.content) {
				require.ErrorIs(t, err, syscall.ENOSPC)
			} else {
				require.NoError(t, err)
			}
			require.NoError(t, file.Close())
			content, err := afero.ReadFile(fsys, c.name)
			require.NoError(t, err)
			require.Equal(t, c.content[:c.n], string(content))
		}
	})
}

// TestFullForManyAtOnce lets through as many bytes as there is room for.
func TestFullForManyAtOnce(t *testing.T) {
	const goroutines, writes, room = 8, 100, 1234
	fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithHook(faults.Full(room)))
	written := make([]int, goroutines)
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			f, err := fsys.Create(strconv.Itoa(g))
			if err != nil {
				return
			}
			for range writes {
				n, _ := f.WriteString("1234567")
				written[g] += n
			}
		})
	}
	all.Wait()
	sum := 0
	for _, n := range written {
		sum += n
	}
	require.Equal(t, room, sum)
}

func TestSlowTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithHook(faults.Slow(time.Hour, faults.On(tempfs.OpSync))))
		f, err := fsys.Create("f")
		require.NoError(t, err)
		before := time.Now()
		require.NoError(t, f.Sync())
		require.Equal(t, time.Hour, time.Since(before))
		require.NoError(t, f.Close())
		require.Equal(t, time.Hour, time.Since(before))
	})
}

// TestFirstEndsWithTheFirst that stops the operation.
func TestFirstEndsWithTheFirst(t *testing.T) {
	var before, behind faults.Counter
	other := errors.New("other")
	h := faults.First(nil, before.Hook, faults.Fail(errFault, faults.Nth(2)), behind.Hook, faults.Fail(other, faults.Nth(2)))
	require.NoError(t, h(tempfs.Op{}))
	require.Equal(t, errFault, h(tempfs.Op{}))
	require.Equal(t, other, h(tempfs.Op{}))
	require.NoError(t, faults.First()(tempfs.Op{}))
	require.EqualValues(t, 3, before.Count(0))
	require.EqualValues(t, 2, behind.Count(0))
}

// fewOperations is a program of three operations.
func fewOperations(fsys afero.Fs) error { return afero.WriteFile(fsys, "f", []byte("content"), 0o644) }

// rounds runs the program in each round of a loop and returns what failed, a word for each operation that did.
func rounds(t *testing.T, loop func(func(*faults.Fault) bool)) (rounds [][]string) {
	t.Helper()
	for fault := range loop {
		var failed []string
		fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithHook(func(op tempfs.Op) error {
			err := fault.Hook(op)
			if err != nil {
				failed = append(failed, op.Kind.String())
			}
			return err
		}))
		require.NoError(t, fsys.Mkdir("made before", 0o755))
		err := fault.Run(func() error { return fewOperations(fsys) })
		require.Equal(t, fault.Met(), err != nil)
		if err != nil {
			require.ErrorIs(t, err, errFault)
		}
		require.NoError(t, fsys.Mkdir("made afterwards", 0o755))
		rounds = append(rounds, failed)
	}
	return rounds
}

func TestEveryFailsEachOnce(t *testing.T) {
	require.Equal(t, [][]string{{"create"}, {"write"}, {"close"}, nil}, rounds(t, faults.Every(errFault)))
	require.Equal(t, [][]string{{"create"}, {"close"}, nil}, rounds(t, faults.Every(errFault, faults.On(tempfs.OpCreate, tempfs.OpClose))))
}

func TestFromEveryFailsTheRest(t *testing.T) {
	require.Equal(t, [][]string{{"create"}, {"write", "close"}, {"close"}, nil}, rounds(t, faults.FromEvery(errFault)))
	require.Equal(t, [][]string{{"write"}, nil}, rounds(t, faults.FromEvery(errFault, faults.On(tempfs.OpWrite))))
}

// TestEveryStopsAWriteHalfway, since to fail before the first byte is the kinder fault.
func TestEveryStopsAWriteHalfway(t *testing.T) {
	for fault := range faults.Every(errFault, faults.On(tempfs.OpWrite)) {
		fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithHook(fault.Hook))
		_ = fault.Run(func() error { return fewOperations(fsys) })
		content, err := afero.ReadFile(fsys, "f")
		require.NoError(t, err)
		if fault.Met() {
			require.Equal(t, "con", string(content))
			require.Equal(t, tempfs.Op{Kind: tempfs.OpWrite, Name: "f", Len: 7}, fault.Op())
			require.Equal(t, "fault at operation 1: write f: 7 bytes at 0", fault.String())
		} else {
			require.Equal(t, "content", string(content))
			require.Zero(t, fault.Op())
			require.Equal(t, "no fault", fault.String())
		}
	}
}

func TestLoopThatIsLeft(t *testing.T) {
	n := 0
	for range faults.Every(errFault) {
		n++
		break
	}
	require.Equal(t, 1, n)
}

// TestLoopThatTestsNothing panics.
func TestLoopThatTestsNothing(t *testing.T) {
	require.PanicsWithValue(t, "faults: the body of the loop did not call Run", func() {
		for range faults.Every(errFault) {
		}
	})
	require.Panics(t, func() {
		for fault := range faults.Every(errFault) {
			fsys := tempfs.Test(t, tempfs.InMemory()) // without the hook
			_ = fault.Run(func() error { return fewOperations(fsys) })
		}
	})
}

// TestFaultEndsWithAPanic of the program: what comes after Run is not stopped.
func TestFaultEndsWithAPanic(t *testing.T) {
	for fault := range faults.FromEvery(errFault) {
		fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithHook(fault.Hook))
		require.Panics(t, func() {
			_ = fault.Run(func() error { panic(fmt.Sprint(fewOperations(fsys))) })
		})
		require.NoError(t, fewOperations(fsys))
	}
}

func TestCounterCountsByKind(t *testing.T) {
	var c faults.Counter
	require.Zero(t, c.Count())
	fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithHook(c.Hook))
	require.NoError(t, fewOperations(fsys))
	f, err := fsys.Open("f")
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, f)
	require.NoError(t, err)
	require.EqualValues(t, 1, c.Count(tempfs.OpCreate))
	require.EqualValues(t, 2, c.Count(tempfs.OpRead))
	require.EqualValues(t, 3, c.Count(tempfs.OpWrite, tempfs.OpRead))
	require.EqualValues(t, 6, c.Count())
}

// TestRecorderKeepsTheOrderOfTheAsking, not that of the answers.
func TestRecorderKeepsTheOrderOfTheAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := faults.Record(faults.Slow(time.Hour, faults.Nth(1)))
		var all sync.WaitGroup
		all.Go(func() { _ = r.Hook(tempfs.Op{Kind: tempfs.OpRead}) })
		synctest.Wait()
		_ = r.Hook(tempfs.Op{Kind: tempfs.OpWrite})
		all.Wait()
		require.Equal(t, faults.Trace{{Op: tempfs.Op{Kind: tempfs.OpRead}}, {Op: tempfs.Op{Kind: tempfs.OpWrite}}}, r.Trace())
	})
}

// TestReplayDecidesTheSame for the same operations, whatever the names, and lets all through after the last.
func TestReplayDecidesTheSame(t *testing.T) {
	recorder := faults.Record(faults.Fail(errFault, faults.Rate(0.5, 4)))
	program := func(h tempfs.Hook) (errs []string) {
		fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithHook(h))
		for range 20 {
			f, err := fsys.CreateTemp("", "") // of another name each time
			errs = append(errs, strconv.FormatBool(errors.Is(err, errFault)))
			if err == nil {
				errs = append(errs, fmt.Sprint(f.Sync(), f.Close()))
			}
		}
		return errs
	}
	withoutNames := func(errs []string) []string {
		return slices.DeleteFunc(errs, func(s string) bool { return s != "true" && s != "false" })
	}
	first := withoutNames(program(recorder.Hook))
	require.Contains(t, first, "true")
	require.Contains(t, first, "false")
	replay := recorder.Trace().Replay()
	require.Equal(t, first, withoutNames(program(replay)))
	require.NoError(t, replay(tempfs.Op{Kind: tempfs.OpSub}))
}

func TestReplayOfAnotherProgram(t *testing.T) {
	h := faults.Trace{{Op: tempfs.Op{Kind: tempfs.OpRead, Name: "f"}}}.Replay()
	err := h(tempfs.Op{Kind: tempfs.OpStat, Name: "g"})
	require.Equal(t, &faults.DivergedError{Number: 1, Want: tempfs.Op{Kind: tempfs.OpRead, Name: "f"}, Got: tempfs.Op{Kind: tempfs.OpStat, Name: "g"}}, err)
}
