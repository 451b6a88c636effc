package locate_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aferotemp/go/locate"
)

func ExampleDir() {
	dir, err := locate.Dir()
	if err != nil {
		fmt.Println("nowhere to write:", err) // names every directory that was tried, and why it failed
		return
	}
	fmt.Println(filepath.IsAbs(dir))
	// Output: true
}

// A tool that builds programs and runs them, beside data that must not end up where it was started.
func ExampleSearch() {
	r, err := locate.Search(locate.Options{NeedExec: true, NoCwd: true, MinFree: 1 << 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range r.Skipped {
		fmt.Fprintln(os.Stderr, "passed over:", s)
	}
	fmt.Println(filepath.IsAbs(r.Dir), r.Source != locate.SourceCwd)
	// Output: true true
}

func ExampleSearch_skipped() {
	usable, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(usable)
	env := map[string]string{"TMPDIR": "/no/such/directory", "TMP": usable}

	r, err := locate.Search(locate.Options{Getenv: func(name string) string { return env[name] }})
	fmt.Println(r.Dir == usable, r.Source, err)
	for _, s := range r.Skipped {
		fmt.Println(filepath.Base(s.Dir), s.Source, errors.Is(s.Err, fs.ErrNotExist))
	}
	// Output:
	// true TMP <nil>
	// directory TMPDIR true
}

// The list of any system can be had on any other.
func ExampleCandidates() {
	env := map[string]string{"TMP": `D:\scratch`, "USERPROFILE": `C:\Users\me`, "SYSTEMROOT": `C:\Windows`}
	for _, c := range locate.Candidates(locate.Options{
		GOOS:   "windows",
		Getenv: func(name string) string { return env[name] },
		Getwd:  func() (string, error) { return `D:\work`, nil },
	}) {
		fmt.Printf("%-32s %s\n", c.Dir, c.Source)
	}
	// Output:
	// D:\scratch                       TMP
	// C:\Users\me\AppData\Local\Temp   system
	// C:\Windows\Temp                  system
	// c:\temp                          system
	// c:\tmp                           system
	// \temp                            system
	// \tmp                             system
	// D:\work                          working directory
}

func ExampleSetDir() {
	scratch, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(scratch)
	defer locate.Reset()

	err := locate.SetDir(scratch)
	dir, _ := locate.Dir()
	fmt.Println(dir == scratch, err)

	err = locate.SetDir("/nope") // proven first, hence refused
	dir, _ = locate.Dir()
	fmt.Println(dir == scratch, errors.Is(err, fs.ErrNotExist))
	// Output:
	// true <nil>
	// true true
}

func ExampleNotFoundError() {
	// What Search returns when TMPDIR is not writable and the disk of /tmp is full.
	err := error(&locate.NotFoundError{Tried: []locate.Skip{
		{Dir: "/data/tmp", Source: "TMPDIR", Err: os.NewSyscallError("open", fs.ErrPermission)},
		{Dir: "/tmp", Source: locate.SourceSystem, Err: os.NewSyscallError("write", errors.New("no space left on device"))},
	}})
	fmt.Println(err)
	fmt.Println(errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission))

	var none *locate.NotFoundError
	if errors.As(err, &none) {
		for _, s := range none.Tried {
			fmt.Println("-", s)
		}
	}
	// Output:
	// no usable temporary directory: /data/tmp (TMPDIR): open: permission denied; /tmp (system): write: no space left on device
	// true true
	// - /data/tmp (TMPDIR): open: permission denied
	// - /tmp (system): write: no space left on device
}
