package unpack

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/afero"
)

// Into unpacks the archive that r holds into a directory of fsys, the root unless [To] names another, which must exist. It takes zip, tar, and tar
// compressed by gzip or bzip2, told apart by their first bytes; [Compression] and [Format] add others.
//
// All of the archive is unpacked or nothing: after an error, or a panic of a callback, the Fs holds what it held before. What could not be removed is
// part of the error then. Nothing that exists is replaced, which is an error that is fs.ErrExist; directories that exist keep their mode and take in what is new.
//
// A reader that is an io.ReaderAt and an io.Seeker, as *os.File and *bytes.Reader are, is read from its current offset to its end, a zip in place. A zip
// from another reader is first copied to a file of the Fs that has no name. Where r stands afterwards is not defined.
//
// A refusal is an [*Error] that names the entry and is one of the errors of this package by [errors.Is]. An error of the Fs or of r can be found in it by
// [errors.Is] and [errors.As], and so can that of ctx, which is asked before each entry and each piece of content, and not while r is waited for.
func Into(ctx context.Context, fsys afero.Fs, r io.Reader, opts ...Option) (err error) {
	c, err := newConfig(opts)
	if err != nil {
		return err
	}
	from, err := newSource(r, c.limits.Input)
	if err != nil {
		return err
	}
	walk, err := c.walkerFor(from)
	if err != nil {
		return err
	}
	x := &extraction{config: c, ctx: ctx, fs: fsys, root: newDirectory("", nil)}
	complete := false
	defer func() { // a callback may panic
		if !complete {
			err = joined(err, x.undo())
		}
	}()
	if err := x.begin(); err != nil {
		return err
	}
	if err := walk(x, from); err != nil {
		return named("", from.explain(err))
	}
	if err := x.finish(); err != nil {
		return err
	}
	complete = true
	return nil
}

// joined is both errors. One alone stays what it is.
func joined(err, other error) error {
	if other == nil {
		return err
	}
	return errors.Join(err, other)
}
