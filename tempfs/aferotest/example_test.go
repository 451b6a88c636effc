package aferotest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// Without a test framework the suite returns a report, here of what a filesystem gets right.
func ExampleSuite() {
	open := func() (afero.Fs, error) { return memfallback.New(), nil }

	report := aferotest.Suite{New: open, Groups: []string{"rename", "append"}}.Run()
	for _, result := range report.Failed() {
		fmt.Println(result.Case, result.Err)
	}
	// Output:
}

// The report prints what differs. Here a filesystem makes directories that were not asked for.
func ExampleSuite_Run() {
	report := aferotest.Suite{
		New:   func() (afero.Fs, error) { return afero.NewMemMapFs(), nil },
		Match: func(name string) bool { return name == "mkdir/missing parent" },
	}.Run()
	fmt.Print(report)
	// Output:
	// 1 cases: 0 passed, 1 failed, 0 not applicable
	//
	// mkdir/missing parent: step 1: mkdir a/b 0755
	//   got:  ok
	//   want: mkdir a/b: ENOENT (not-exist)
}

// Reports make a table for a README. What a filesystem is made without is not held against it, and told.
func ExampleMarkdown() {
	open := func() (afero.Fs, error) { return memfallback.New(), nil }
	groups := []string{"append", "mode", "truncate"}

	whole := aferotest.Suite{Name: "memfallback", New: open, Groups: groups}
	part := aferotest.Suite{Name: "without modes", New: open, Groups: groups, Without: []aferotest.Ability{aferotest.Modes}}
	fmt.Print(aferotest.Markdown(whole.Run(), part.Run()))
	// Output:
	// | group | memfallback | without modes |
	// |---|---|---|
	// | append | 21 | 21 |
	// | mode | 9 | 9 n/a |
	// | truncate | 15 | 14, 1 n/a |
	// | **all** | 45 | 35, 10 n/a |
	//
	// n/a for without modes, for want of: modes (10).
}

// A player says what comes of each step in words that can be compared.
func ExamplePlayer() {
	player := aferotest.NewPlayer(memfallback.New(memfallback.WithUmask(0o022)))
	defer player.Close()
	for line := range strings.Lines(`
		create f greeting
		write f "hello, world"
		rename greeting farewell
		readat f 5 7
		stat greeting
		stat farewell
	`) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		step, err := aferotest.ParseStep(strings.TrimSpace(line))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(player.Do(step))
	}
	// Output:
	// ok
	// 12
	// ok
	// 5 "world"
	// stat greeting: ENOENT (not-exist)
	// farewell -rw-r--r-- 12 bytes now
}

// Two filesystems that behave alike say the same to whatever is done to them.
func ExampleGenerate() {
	one, other := memfallback.New(), memfallback.New()

	a, b := aferotest.NewPlayer(one), aferotest.NewPlayer(other)
	for _, step := range aferotest.Generate(rand.New(rand.NewPCG(1, 2)), aferotest.DefaultWords(), 100) {
		if got, want := a.Do(step), b.Do(step); got != want {
			fmt.Printf("%v: %s, not %s\n", step, got, want)
		}
	}
	a.Close()
	b.Close()
	// Output:
}

// A snapshot is the whole tree as text.
func ExampleSnapshot() {
	fs := memfallback.New(memfallback.WithUmask(0o022))
	_ = fs.MkdirAll("a/b", 0o755)
	_ = afero.WriteFile(fs, "a/b/f", []byte("hello"), 0o600)
	_ = fs.SymlinkIfPossible("b/f", "a/l")
	text, err := aferotest.Snapshot(fs)
	fmt.Println(text, err)
	// Output:
	// /a a drwxr-xr-x now
	// /a/b b drwxr-xr-x now
	// /a/b/f f -rw------- 5 bytes now 5 "hello"
	// /a/l l L--------- 3 bytes now -> b/f <nil>
}

func ExampleVerbs() {
	for _, verb := range aferotest.Verbs() {
		if strings.HasPrefix(verb, "rename") {
			fmt.Println(verb)
		}
	}
	// Output: rename [old new]
}
