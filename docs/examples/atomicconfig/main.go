// Atomicconfig writes its standard input to a configuration file, so that nobody ever reads half of it. Its test is what it is here for: it makes each operation
// fail, one after the other, and looks what the program leaves.
//
//	atomicconfig FILE < content
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/afero"
)

func main() { os.Exit(run(afero.NewOsFs(), os.Args[1:], os.Stdin, os.Stderr)) }

// run is the program on the filesystem fsys, and returns its status.
func run(fsys afero.Fs, args []string, stdin io.Reader, stderr io.Writer) int {
	if len(args) != 1 {
		_, _ = fmt.Fprintln(stderr, "usage: atomicconfig FILE < content")
		return 2
	}
	content, err := io.ReadAll(stdin)
	if err == nil {
		err = save(fsys, filepath.ToSlash(args[0]), content)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "atomicconfig:", err)
		return 1
	}
	return 0
}
