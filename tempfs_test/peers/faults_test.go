package peers

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"time"
)

// The faults are those that were met while the adapters were written, and that bear on the rows.

var appendsWhereItOpened = fault{
	"appends where the end was when the file was opened, over what others have appended since",
	func(w *workplace) (bool, error) {
		file := w.path("f")
		if err := w.put(file, nil); err != nil {
			return false, err
		}
		for range 2 {
			f, err := w.Append(file)
			if err != nil {
				return false, err
			}
			defer f.Close()
			g, err := w.Append(file)
			if err != nil {
				return false, err
			}
			defer g.Close()
			_, first := g.Write([]byte("g"))
			_, second := f.Write([]byte("f"))
			if err := errors.Join(first, second); err != nil {
				return false, err
			}
		}
		info, err := w.Stat(file)
		return err == nil && info.Size() < 4, err
	},
}

var inventsParents = fault{
	"makes the directories that a new file lacks",
	func(w *workplace) (bool, error) {
		return w.put(w.path("missing/f"), nil) == nil, nil
	},
}

var timesAreNow = fault{
	"keeps no times: a file was always modified just now",
	func(w *workplace) (bool, error) {
		if err := w.put(w.path("f"), nil); err != nil {
			return false, err
		}
		made := time.Now()
		info, err := w.Stat(w.path("f"))
		return err == nil && info.ModTime().After(made), err
	},
}

var renameTakesSiblings = fault{
	"loses `ab` when `a` is renamed",
	func(w *workplace) (bool, error) {
		if err := w.putAll([]string{w.path("a"), w.path("ab")}, nil); err != nil {
			return false, err
		}
		if err := w.Rename(w.path("a"), w.path("b")); err != nil {
			return false, err
		}
		return isGone(w, "ab")
	},
}

var sizesAreOfCreation = fault{
	"tells the size with which a file was made, whatever is written later",
	func(w *workplace) (bool, error) {
		f, err := w.Create(w.path("f"))
		if err != nil {
			return false, err
		}
		_, written := f.Write([]byte("four"))
		if err = errors.Join(written, f.Close()); err != nil {
			return false, err
		}
		info, err := w.Stat(w.path("f"))
		return err == nil && info.Size() != 4, err
	},
}

var hasNoModes = fault{
	"has no modes: all are 0755",
	func(w *workplace) (bool, error) {
		if err := w.put(w.path("f"), nil); err != nil {
			return false, err
		}
		info, err := w.Stat(w.path("f"))
		return err == nil && info.Mode() == 0o755, err
	},
}

var listsWithoutOrder = fault{
	"lists names alone, without order: here each is asked for its info",
	func(w *workplace) (bool, error) {
		if err := w.putAll(w.paths("", filesInTurn), nil); err != nil {
			return false, err
		}
		l, err := w.List(w.path(""))
		return err == nil && !slices.IsSorted(l.all()), err
	},
}

var infoIsLive = fault{
	"has an info change with its file",
	func(w *workplace) (bool, error) {
		if err := w.put(w.path("f"), nil); err != nil {
			return false, err
		}
		info, err := w.Stat(w.path("f"))
		if err != nil {
			return false, err
		}
		f, err := w.Update(w.path("f"))
		if err != nil {
			return false, err
		}
		defer f.Close()
		_, err = f.WriteAt(bytes.Repeat([]byte("x"), 10), 0)
		return err == nil && info.Size() == 10, err
	},
}

func isGone(w *workplace, name string) (bool, error) {
	_, err := w.Stat(w.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return false, err
}
