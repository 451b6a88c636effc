package migration

import (
	"io/fs"
	"os"

	"github.com/spf13/afero"
)

// backup is the code under test: it copies a file to one beside it, for its owner alone.
func backup(fsys afero.Fs, name string) error {
	content, err := afero.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	return afero.WriteFile(fsys, name+".bak", content, 0o600)
}

// backupOnHost is the same by package os.
func backupOnHost(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path+".bak", content, 0o600)
}

// store is code that was only ever run on MemMapFs: it makes no directory.
func store(fsys afero.Fs, name, value string) error {
	return afero.WriteFile(fsys, "cache/"+name, []byte(value), fs.FileMode(0o600))
}
