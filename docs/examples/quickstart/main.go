// Quickstart unpacks an archive into a throw-away filesystem, on disk and then in memory, hands it to code that
// knows afero alone, reports what came of it, and shows that nothing is left.
//
//	go run ./docs/examples/quickstart [-o FILE] [-search WORD] [ARCHIVE]
//
// ARCHIVE is a zip or a tar.gz, told apart by its first bytes. Without one it is the zip of afero's own module, from the
// module cache. The result, the lines that hold WORD, is printed, or written to FILE.
//
// An archive that cannot be unpacked is one line on standard error and exit status 1.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/aferotemp/go/tempfs"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the whole program. It returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	output := flags.String("o", "", "write the result to this `file` and not to standard output")
	word := flags.String("search", "TODO", "the `word` to look for")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 1 || *word == "" {
		flags.Usage()
		return 2
	}
	report, err := compare(flags.Arg(0), *word)
	if err == nil {
		err = report.print(stdout, *output)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "quickstart:", printable(err.Error()))
		return 1
	}
	return 0
}

// compare does the job on both backends, which must not differ.
func compare(path, word string) (*report, error) {
	if path == "" {
		var err error
		if path, err = aferoZip(); err != nil {
			return nil, err
		}
	}
	r := &report{archive: path, word: word}
	for _, options := range [][]tempfs.Option{nil, {tempfs.InMemory()}} {
		done, err := job(path, word, options...)
		if err != nil {
			return nil, err
		}
		r.outcomes = append(r.outcomes, done)
	}
	return r, r.check()
}

// outcome is what one run on one backend came to.
type outcome struct {
	backend  string
	dir      string // on the host, deleted by now; "" in memory
	unpacked unpacked
	found    findings
	tree     tree
	result   []byte
}

// job unpacks the archive into a new Fs, works on it and takes the result out. Whatever it returns, the Fs is gone then.
func job(path, word string, options ...tempfs.Option) (*outcome, error) {
	var o outcome
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		o.backend = fsys.Backend()
		o.dir, _ = fsys.RealPath("/") // no error but that memory has none
		if err := fsys.Mkdir("in", 0o755); err != nil {
			return err
		}
		in, err := fsys.Sub("in") // what is unpacked ends up in here, whatever it is called
		if err != nil {
			return err
		}
		if o.unpacked, err = unpackFile(in, path, defaultLimits); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if o.found, err = process(fsys, word); err != nil { // it knows afero.Fs alone
			return err
		}
		if o.tree, err = survey(fsys); err != nil {
			return err
		}
		o.result, err = result(fsys)
		return err
	}, options...)
	if err != nil {
		return nil, err
	}
	return &o, gone(o.dir)
}

// printable is s in one line of a bearable length, without anything that a terminal would obey: archives name their files as they like.
func printable(s string) string {
	const most = 500
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return '?'
	}, s)
}
