package aferotest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/spf13/afero"
)

// What many goroutines do at once has no single right outcome to ask package os for. These cases check what holds in each.

const (
	goroutines = 8
	rounds     = 40
)

func concurrentTests() []oneTest {
	var tests []oneTest
	for _, t := range []struct {
		name string
		run  func(fs afero.Fs) error
	}{
		{"appends lose nothing", appendsLoseNothing},
		{"appends through one file lose nothing", sharedAppendsLoseNothing},
		{"exclusive create has one winner", exclusiveCreate},
		{"creates in one directory all stay", createsStay},
		{"open with create makes one file", createMakesOne},
		{"mkdirall of one path", mkdirAllTogether},
		{"rename is never half done", renameIsWhole},
		{"rename and remove of one name", renameAndRemove},
		{"renames in a circle keep the files", renameCircle},
		{"directories are not moved into each other", noDirectoryLoops},
		{"listing while entries come and go", listing},
		{"reads at offsets beside each other", parallelReadAt},
		{"close beside use", closeBesideUse},
		{"one removal succeeds", removeOnce},
	} {
		tests = append(tests, oneTest{name: "concurrent/" + t.name, code: t.run})
	}
	return tests
}

// together runs fn in goroutines and returns the first error or panic of each.
func together(n int, fn func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			errs[i] = fn(i)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// only passes the errors that a loser of a race may get.
func only(err error, allowed ...error) error {
	for _, a := range allowed {
		if errors.Is(err, a) {
			return nil
		}
	}
	return err
}
