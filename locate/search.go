package locate

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Result is what a search found.
type Result struct {
	Dir     string // absolute and clean, links not resolved
	Source  string // where it came from, as in Candidate
	Skipped []Skip // the candidates before it, in order
}

// Search tries the candidates and returns the first that can be used. Each is made absolute and clean by its letters, then
// proven: a file is made in it, written, closed and deleted. Nothing is left behind, and nothing is remembered.
//
// Failing all, the error is a [*NotFoundError], and the Result holds the same in Skipped. Any number of goroutines may call it;
// the functions in o are called by the goroutine that does.
func Search(o Options) (Result, error) {
	return search(o, realSystem)
}

func search(o Options, sys system) (Result, error) {
	var skipped []Skip
	for _, c := range Candidates(o) {
		dir, err := absolute(c.Dir, o)
		if err == nil {
			err = usable(dir, o, sys)
		}
		if err == nil {
			return Result{Dir: dir, Source: c.Source, Skipped: skipped}, nil
		}
		skipped = append(skipped, Skip{Dir: dir, Source: c.Source, Err: err})
	}
	return Result{Skipped: skipped}, &NotFoundError{Tried: skipped}
}

// absolute returns dir itself with the error that says why it cannot be made absolute.
func absolute(dir string, o Options) (string, error) {
	switch {
	case dir == "":
		return dir, syscall.ENOENT // as open(2) says; filepath.Abs would say "."
	case filepath.IsAbs(dir):
		return filepath.Clean(dir), nil
	}
	base := dir
	if filepath.VolumeName(dir) == "" && !os.IsPathSeparator(dir[0]) { // else, on Windows: `d:temp` and `\temp` begin at a drive
		o.setDefaults()
		cwd, err := o.Getwd()
		if err != nil {
			return dir, err
		}
		base = filepath.Join(cwd, dir)
	}
	abs, err := filepath.Abs(base)
	if err != nil {
		return dir, err
	}
	return abs, nil
}

func usable(dir string, o Options, sys system) error {
	if err := checkFilesystem(dir, o, sys); err != nil {
		return err
	}
	return probe(dir, sys)
}

// checkFilesystem refuses a filesystem that lacks what o asks for. What the system cannot tell is taken to be there.
func checkFilesystem(dir string, o Options, sys system) error {
	if !o.NeedExec && o.MinFree == 0 {
		return nil
	}
	known, err := sys.inspect(dir)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return nil
	case err != nil:
		return step("statfs", err)
	case o.NeedExec && known.noExec:
		return ErrNoExec
	case known.free < o.MinFree:
		return &lackError{free: known.free, want: o.MinFree}
	}
	return nil
}
