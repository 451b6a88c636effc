// Sweep deletes the trees that killed processes of this user have left in a directory, for a cron job or a timer.
//
//	go run ./docs/examples/sweep [-n] [-dir DIR] [-prefix PREFIX] [-older AGE] [-timeout TIME]
//
// Each tree that is removed is a line on standard output, each one that stays a line on standard error and exit status 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aferotemp/go/tempfs"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the whole program. It returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("sweep", flag.ContinueOnError)
	flags.SetOutput(stderr)
	dir := flags.String("dir", "", "the `directory`; the one for temporary files if none is given")
	prefix := flags.String("prefix", tempfs.DefaultPrefix, "the `prefix` of the trees' names")
	older := flags.Duration("older", time.Hour, "the least `age` of a tree")
	timeout := flags.Duration("timeout", time.Minute, "the `time` after which the rest is left to the next sweep")
	dryRun := flags.Bool("n", false, "only say what would be removed")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return 2
	}

	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	opts := []tempfs.SweepOption{tempfs.Context(ctx), tempfs.Prefix(*prefix), tempfs.MinAge(*older)}
	if *dir != "" {
		opts = append(opts, tempfs.In(*dir))
	}
	if *dryRun {
		opts = append(opts, tempfs.DryRun())
	}
	report, err := tempfs.Sweep(opts...)
	for _, tree := range report.Removed {
		_, _ = fmt.Fprintln(stdout, tree)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}
