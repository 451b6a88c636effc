package faults_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
)

// newFs is an Fs in memory with a hook.
func newFs(hook tempfs.Hook) *tempfs.Fs {
	fsys, err := tempfs.New(tempfs.InMemory(), tempfs.WithHook(hook))
	if err != nil {
		panic(err)
	}
	return fsys
}

// save writes a file so that its name is never that of a part of it.
func save(fsys afero.Fs, name, content string) error {
	if err := afero.WriteFile(fsys, name+".new", []byte(content), 0o644); err != nil {
		return errors.Join(err, fsys.RemoveAll(name+".new"))
	}
	if err := fsys.Rename(name+".new", name); err != nil {
		return errors.Join(err, fsys.Remove(name+".new"))
	}
	return nil
}

// What if the disk fills here? For every "here".
func ExampleEvery() {
	for fault := range faults.Every(syscall.ENOSPC) {
		fsys := newFs(fault.Hook)
		_ = afero.WriteFile(fsys, "config", []byte("old"), 0o644)

		err := fault.Run(func() error { return save(fsys, "config", "new") })

		content, _ := afero.ReadFile(fsys, "config")
		names, _ := afero.ReadDir(fsys, "/")
		fmt.Printf("%v: it failed: %t, the config is %s, of %d file\n", fault, err != nil, content, len(names))
		_ = fsys.Release()
	}
	// Output:
	// fault at operation 1: create config.new: it failed: true, the config is old, of 1 file
	// fault at operation 2: write config.new: 3 bytes at 0: it failed: true, the config is old, of 1 file
	// fault at operation 3: close config.new: it failed: true, the config is old, of 1 file
	// fault at operation 4: rename config.new to config: it failed: true, the config is old, of 1 file
	// no fault: it failed: false, the config is new, of 1 file
}

// What does a program leave that is killed at any of its operations?
func ExampleFromEvery() {
	left := map[string]int{}
	for fault := range faults.FromEvery(errors.New("killed")) {
		fsys := newFs(fault.Hook)
		_ = afero.WriteFile(fsys, "config", []byte("old"), 0o644)
		_ = fault.Run(func() error { return save(fsys, "config", "new") })
		content, _ := afero.ReadFile(fsys, "config")
		left[string(content)]++
		_ = fsys.Release()
	}
	fmt.Println(left)
	// Output: map[new:1 old:4]
}

// The second sync of a database fails, and then all is well again.
func ExampleFail() {
	fsys := newFs(faults.Fail(syscall.EIO, faults.On(tempfs.OpSync), faults.Path("*.db"), faults.Nth(2)))
	defer fsys.Release()
	f, _ := fsys.Create("users.db")
	for range 3 {
		err := f.Sync()
		fmt.Println(err == nil, errors.Is(err, syscall.EIO))
	}
	// Output:
	// true false
	// false true
	// true false
}

func ExampleFull() {
	fsys := newFs(faults.Full(5))
	defer fsys.Release()
	f, _ := fsys.Create("f")
	n, err := f.WriteString("abc")
	fmt.Println(n, err)
	n, err = f.WriteString("defg")
	fmt.Println(n, errors.Is(err, syscall.ENOSPC))
	// Output:
	// 3 <nil>
	// 2 true
}

// A disk that takes its time to open a file. In a bubble of testing/synctest the test takes none.
func ExampleSlow() {
	fsys := newFs(faults.Slow(time.Millisecond, faults.On(tempfs.OpOpen)))
	defer fsys.Release()
	_, err := fsys.Open("missing")
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output: true
}

// Nobody may write but in /tmp.
func ExamplePath() {
	isTemporary := faults.Path("/tmp/*")
	elsewhere := func(op tempfs.Op) bool { return !isTemporary(op) }
	fsys := newFs(faults.Fail(syscall.EROFS, faults.On(tempfs.OpCreate), elsewhere))
	defer fsys.Release()
	_ = fsys.Mkdir("tmp", 0o755)
	_, err := fsys.Create("tmp/f")
	fmt.Println(err)
	_, err = fsys.Create("f")
	fmt.Println(errors.Is(err, syscall.EROFS))
	// Output:
	// <nil>
	// true
}

func ExampleOn() {
	fsys := newFs(faults.Fail(fs.ErrPermission, faults.On(tempfs.OpRemove, tempfs.OpRemoveAll)))
	defer fsys.Release()
	_ = fsys.Mkdir("d", 0o755)
	fmt.Println(fsys.RemoveAll("d"))
	// Output: unlinkat d: permission denied
}

func ExampleNth() {
	fsys := newFs(faults.Fail(syscall.EINTR, faults.Nth(2)))
	defer fsys.Release()
	for range 3 {
		_, err := fsys.Stat("/")
		fmt.Println(errors.Is(err, syscall.EINTR))
	}
	// Output:
	// false
	// true
	// false
}

// About one in four operations fails, and with the same seed always the same ones.
func ExampleRate() {
	for range 2 {
		fsys := newFs(faults.Fail(syscall.EIO, faults.Rate(0.25, 1)))
		var failed []int
		for i := range 12 {
			if _, err := fsys.Stat("/"); err != nil {
				failed = append(failed, i)
			}
		}
		fmt.Println(failed)
		_ = fsys.Release()
	}
	// Output:
	// [0 2 6 7 10]
	// [0 2 6 7 10]
}

func ExampleFirst() {
	var counter faults.Counter
	fsys := newFs(faults.First(counter.Hook, faults.Full(0), faults.Slow(time.Microsecond)))
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "f", []byte("content"), 0o644)
	fmt.Println(counter.Count(tempfs.OpWrite))
	// Output: 1
}

// A test of how much a program does: one open for a hundred small writes, say.
func ExampleCounter() {
	var counter faults.Counter
	fsys := newFs(counter.Hook)
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "f", []byte("content"), 0o644)
	_, _ = afero.ReadFile(fsys, "f")
	fmt.Println(counter.Count(tempfs.OpOpen, tempfs.OpCreate), "opens of", counter.Count(), "operations")
	// Output: 2 opens of 8 operations
}

// A random fault that has found something is kept as text, and found again.
func ExampleRecorder() {
	recorder := faults.Record(faults.Fail(syscall.EIO, faults.Rate(0.5, 3)))
	first := newFs(recorder.Hook)
	defer first.Release()
	fmt.Println(errors.Is(save(first, "config", "new"), syscall.EIO))
	text := recorder.Trace().String()
	fmt.Print(text)

	trace, err := faults.ParseTrace(text)
	if err != nil {
		panic(err)
	}
	again := newFs(trace.Replay())
	defer again.Release()
	fmt.Println(errors.Is(save(again, "config", "new"), syscall.EIO))
	// Output:
	// true
	// create config.new
	// write config.new len=3 err=EIO
	// close config.new
	// removeall config.new err=EIO
	// true
}

func ExampleParseTrace() {
	trace, err := faults.ParseTrace(`
# the disk is full in the middle of the first write
create "my config"
write "my config" len=100 err=ENOSPC short=40
`)
	if err != nil {
		panic(err)
	}
	fsys := newFs(trace.Replay())
	defer fsys.Release()
	f, _ := fsys.Create("my config")
	n, err := f.Write(make([]byte, 100))
	fmt.Println(n, errors.Is(err, syscall.ENOSPC))
	// Output: 40 true
}

// A program that does something else than it did when it was recorded.
func ExampleDivergedError() {
	trace, _ := faults.ParseTrace("open config\n")
	fsys := newFs(trace.Replay())
	defer fsys.Release()
	_, err := fsys.OpenFile("config", os.O_CREATE, 0o644)
	var diverged *faults.DivergedError
	fmt.Println(errors.As(err, &diverged))
	fmt.Println(diverged)
	// Output:
	// true
	// operation 1 is not the recorded one: create config, was open config
}
