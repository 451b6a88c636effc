// Intake takes in an archive that nobody trusts: it unpacks it where nothing can get out, refuses it unless each file is of a kind that is wanted, and moves the files and an index of them to a new directory in one step. What is refused has left nothing.
//
//	intake [-bytes N] [-entries N] ARCHIVE DIRECTORY
//
// Its tests are what it is here for: archives that are good, archives that are made to do harm, limits that are met to the byte, a loop that fails each operation, and beside all of them a host of which nothing may change.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/aferotemp/go/tempfs/unpack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the program, and returns its status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("intake", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, "usage: intake [-bytes N] [-entries N] ARCHIVE DIRECTORY")
		flags.PrintDefaults()
	}
	limits := unpack.Limits{}
	flags.Int64Var(&limits.Bytes, "bytes", 256<<20, "`most` bytes of all files")
	flags.Int64Var(&limits.Entries, "entries", 10_000, "`most` files and directories")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() != 2:
		flags.Usage()
		return 2
	}
	limits.Input = limits.Bytes + limits.Entries<<10 // the headers of a tar have half a KiB each, and what fills up the last block
	files, err := takeFile(ctx, flags.Arg(0), flags.Arg(1), limits)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "intake:", err)
		return 1
	}
	_, _ = fmt.Fprintf(stdout, "%d files, %d bytes\n", len(files), size(files))
	return 0
}

// takeFile takes in an archive of the host.
func takeFile(ctx context.Context, archive, target string, limits unpack.Limits) ([]file, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was read only
	return take(ctx, f, target, limits)
}
