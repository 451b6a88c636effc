package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/spf13/afero"
)

// tree is what a filesystem holds.
type tree struct {
	entries            []entry // parents before children, names sorted
	files, directories int
	bytes              int64
	hash               string // SHA-256 of all names, sizes and contents
}

type entry struct {
	name  string
	isDir bool
	size  int64
}

// survey reads the whole of fsys.
func survey(fsys afero.Fs) (tree, error) {
	var t tree
	sum := sha256.New()
	err := afero.Walk(fsys, "/", func(name string, info fs.FileInfo, err error) error {
		if err != nil || name == "/" {
			return err
		}
		if info.IsDir() {
			t.directories++
			t.entries = append(t.entries, entry{name: name, isDir: true})
			sum.Write(fmt.Appendf(nil, "%q directory\n", name))
			return nil
		}
		content, err := afero.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		t.files++
		t.bytes += info.Size()
		t.entries = append(t.entries, entry{name: name, size: info.Size()})
		sum.Write(fmt.Appendf(nil, "%q %d %x\n", name, info.Size(), sha256.Sum256(content)))
		return nil
	})
	t.hash = hex.EncodeToString(sum.Sum(nil))
	return t, err
}
