package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/aferotemp/go/tempfs"
)

// file is an entry of the index.
type file struct {
	Path   string `json:"path"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// types are those that are wanted, by the end of a name: what the content has to look like.
var types = map[string]string{
	".txt": "text/plain",
	".csv": "text/plain",
	".png": "image/png",
	".jpg": "image/jpeg",
	".pdf": "application/pdf",
}

// All that is taken in has these modes, whatever the archive says and whatever the umask: nothing can be run.
const (
	fileMode fs.FileMode = 0o644
	dirMode  fs.FileMode = 0o755
)

// inspect looks at all that was unpacked and sets its modes. The first thing that is not wanted is the error.
func inspect(fsys *tempfs.Fs) ([]file, error) {
	var files []file
	view := fsys.IOFS()
	err := fs.WalkDir(view, resultDir[1:], func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return fsys.Chmod(name, dirMode) // before it is read
		case !d.Type().IsRegular():
			return fmt.Errorf("%q is neither a file nor a directory", given(name))
		}
		if err = fsys.Chmod(name, fileMode); err != nil {
			return err
		}
		f, err := inspectFile(view, name)
		if err != nil {
			return err
		}
		files = append(files, f)
		return nil
	})
	if err == nil && len(files) == 0 {
		err = errors.New("there is no file in it")
	}
	return files, err
}

// given is the name in the archive.
func given(name string) string { return strings.TrimPrefix(name, filesDir[1:]+"/") }

// inspectFile wants the name to be of a type, and the content to look like it.
func inspectFile(view fs.FS, name string) (file, error) {
	want, isWanted := types[strings.ToLower(path.Ext(name))]
	if !isWanted {
		return file{}, fmt.Errorf("%q is of a type that is not wanted", given(name))
	}
	opened, err := view.Open(name)
	if err != nil {
		return file{}, err
	}
	defer func() { _ = opened.Close() }() // it was read only

	var head bytes.Buffer
	sum := sha256.New()
	read := io.TeeReader(opened, sum)
	const sniffed = 512 // bytes are all that http.DetectContentType looks at
	if _, err = io.CopyN(&head, read, sniffed); err != nil && err != io.EOF {
		return file{}, err
	}
	rest, err := io.Copy(io.Discard, read)
	if err != nil {
		return file{}, err
	}
	if found, _, _ := strings.Cut(http.DetectContentType(head.Bytes()), ";"); found != want {
		return file{}, fmt.Errorf("%q is %s inside", given(name), found)
	}
	return file{Path: given(name), Type: want, Size: int64(head.Len()) + rest, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// size is that of all files.
func size(files []file) (sum int64) {
	for _, f := range files {
		sum += f.Size
	}
	return sum
}
