package main

import (
	"context"
	"encoding/json"
	"io"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// What is made in the Fs, and moved out when it is complete.
const (
	resultDir = "/result"
	filesDir  = resultDir + "/files"
	indexName = resultDir + "/index.json"
)

// take unpacks the archive, looks at all that is in it, and makes the new directory target of it. All of it happens or nothing: only a *tempfs.PersistError that says Published leaves the directory there. The options win over those of [tempfs.Untrusted].
func take(ctx context.Context, archive io.Reader, target string, limits unpack.Limits, opts ...tempfs.Option) ([]file, error) {
	var files []file
	err := tempfs.With(func(fsys *tempfs.Fs) (err error) {
		if err = fsys.MkdirAll(filesDir, 0o755); err != nil {
			return err
		}
		if err = unpack.Into(ctx, fsys, archive, unpack.To(filesDir), unpack.WithLimits(limits)); err != nil {
			return err
		}
		if files, err = inspect(fsys); err != nil {
			return err
		}
		if err = writeIndex(fsys, files); err != nil {
			return err
		}
		return fsys.Persist(resultDir, target, tempfs.NoReplace(), tempfs.Durable())
	}, append([]tempfs.Option{tempfs.Untrusted()}, opts...)...)
	if err != nil {
		return nil, err
	}
	return files, nil
}

// writeIndex writes down what there is.
func writeIndex(fsys afero.Fs, files []file) error {
	text, err := json.MarshalIndent(files, "", "\t")
	if err != nil {
		return err
	}
	if err = afero.WriteFile(fsys, indexName, append(text, '\n'), fileMode); err != nil {
		return err
	}
	return fsys.Chmod(indexName, fileMode) // whatever the umask
}
