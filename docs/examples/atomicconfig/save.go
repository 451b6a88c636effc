package main

import (
	"errors"
	"path"

	"github.com/spf13/afero"
)

// save makes content that of the file name, in one step: whoever reads it finds the old or the new, whole, also after a crash. On an error it may be either, and nothing else is
// left as far as that can be removed.
func save(fsys afero.Fs, name string, content []byte) error {
	dir := path.Dir(name)
	temp, err := afero.TempFile(fsys, dir, ".config-*")
	if err != nil {
		return err
	}
	if err := publish(fsys, temp, name, content); err != nil {
		return errors.Join(err, fsys.Remove(temp.Name()))
	}
	return syncDir(fsys, dir) // without it the rename may be lost, see fsync(2)
}

// publish writes the file and gives it the name. The close comes before: one that fails may have lost what was written, see close(2).
func publish(fsys afero.Fs, temp afero.File, name string, content []byte) error {
	_, err := temp.Write(content)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return fsys.Rename(temp.Name(), name)
}

func syncDir(fsys afero.Fs, dir string) error {
	d, err := fsys.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
