package main

import (
	"bytes"
	"errors"
	"io/fs"
	"path"

	"github.com/spf13/afero"
	"github.com/spf13/viper"
)

// save makes value that of a setting in the file of the user. It is refused, and nothing is written, if the configuration would be wrong then. What the other layers say does not get into the file.
func (l layers) save(key, value string) error {
	all, _, err := l.merged()
	if err != nil {
		return err
	}
	all.Set(key, value)
	if _, err = decode(all); err != nil {
		return err
	}

	own := viper.New()
	own.SetFs(l.fsys)
	if err = mergeFile(own, l.userFile()); err != nil {
		return err
	}
	own.Set(key, value)
	var text bytes.Buffer
	if err = own.WriteConfigTo(&text); err != nil {
		return err
	}
	if err = l.fsys.MkdirAll(path.Dir(l.userFile()), 0o700); err != nil {
		return err
	}
	return replace(l.fsys, l.userFile(), text.Bytes())
}

// replace makes content that of the file name, in one step: whoever reads it finds the old or the new, whole, also after a crash. Viper's own WriteConfig empties the file and then writes it. The mode stays; a new file is
// for its user alone. A symbolic link is replaced, not what it leads to.
func replace(fsys afero.Fs, name string, content []byte) error {
	temp, err := afero.TempFile(fsys, path.Dir(name), ".config-*")
	if err != nil {
		return err
	}
	if err := publish(fsys, temp, name, content); err != nil {
		return errors.Join(err, fsys.Remove(temp.Name()))
	}
	return nil
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
	info, err := fsys.Stat(name)
	if err == nil {
		err = fsys.Chmod(temp.Name(), info.Mode().Perm())
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fsys.Rename(temp.Name(), name)
}
