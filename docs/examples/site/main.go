// Site builds a static web site: pages out of content and templates, a list of them, and what is to be served as it is. A second run builds what has changed.
//
//	site [-clean] DIR
//
//	content/**.txt    pages: front matter between lines of "---", then paragraphs
//	layout/page.html  the template of a page; layout/index.html that of the list
//	static/**         is copied
//	public/           is what it builds, and holds nothing else
//
// Its tests are what it is here for: golden trees, one site that is built once and cloned for each test, and a loop that fails each operation of a build and looks for a page that is half written, and whether the next
// build makes up for it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/spf13/afero"
)

func main() {
	open := func(dir string) afero.Fs { return afero.NewBasePathFs(afero.NewOsFs(), dir) }
	os.Exit(run(open, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program, and returns its status. open gives the filesystem of a site.
func run(open func(dir string) afero.Fs, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("site", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { _, _ = fmt.Fprintln(stderr, "usage: site [-clean] DIR") }
	clean := flags.Bool("clean", false, "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() != 1:
		flags.Usage()
		return 2
	}
	done, err := build(open(flags.Arg(0)), *clean)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "site:", err)
		return 1
	}
	_, _ = fmt.Fprintf(stdout, "%d written, %d removed, %d as they were\n", len(done.written), len(done.removed), done.kept)
	return 0
}
