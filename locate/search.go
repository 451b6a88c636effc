package locate

import "path/filepath"

// Result is what a search found.
type Result struct {
	Dir     string // absolute and clean, links not resolved
	Source  string // where it came from, as in Candidate
	Skipped []Skip // the candidates before it
}

// Search tries the candidates and returns the first that can be used. Each is made absolute and clean by its letters, then proven: a file is made in it,
// written, closed and deleted. Nothing is left behind. Failing all, the error is a *NotFoundError.
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
	if filepath.IsAbs(dir) {
		return filepath.Clean(dir), nil
	}
	o.setDefaults()
	cwd, err := o.Getwd()
	if err != nil {
		return dir, err
	}
	return filepath.Join(cwd, dir), nil
}

func usable(dir string, o Options, sys system) error {
	if err := checkFilesystem(dir, o); err != nil {
		return err
	}
	return probe(dir, sys)
}

// checkFilesystem refuses a filesystem that lacks what o asks for. What the system cannot tell is taken to be there.
func checkFilesystem(dir string, o Options) error {
	if !o.NeedExec && o.MinFree == 0 {
		return nil
	}
	facts, err := inspect(dir)
	switch {
	case err != nil:
		return err
	case o.NeedExec && facts.noExec:
		return errNoExec
	case o.MinFree > 0 && facts.knowsFree && facts.free < o.MinFree:
		return &lackError{free: facts.free, want: o.MinFree}
	}
	return nil
}
