package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// aferoZip finds the zip of afero's module, in the version that this program was built with.
func aferoZip() (string, error) {
	const afero = "github.com/spf13/afero"
	version := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == afero {
				version = m.Version
			}
		}
	}
	if version == "" {
		return "", errors.New("name an archive: this program does not know its version of afero")
	}
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return "", fmt.Errorf("name an archive: go env GOMODCACHE: %w", err)
	}
	cache := strings.TrimSpace(string(out))
	path := filepath.Join(cache, "cache", "download", filepath.FromSlash(afero), "@v", version+".zip")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("name an archive, or run \"go mod download %s\": %w", afero, err)
	}
	return path, nil
}

// openArchive opens a regular file and nothing else: a FIFO would be waited for, a device might do anything.
func openArchive(path string) (f *os.File, size int64, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errors.New("not a regular file")
	}
	if f, err = os.Open(path); err != nil {
		return nil, 0, reason(err)
	}
	return f, info.Size(), nil
}

// kind is how an archive is packed.
type kind string

const (
	kindZip   kind = "zip"
	kindTarGz kind = "tar.gz"
)

// kindOf goes by the first bytes.
func kindOf(f io.ReaderAt) (kind, error) {
	magic := make([]byte, 4)
	n, err := f.ReadAt(magic, 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	switch head := string(magic[:n]); {
	case head == "PK\x03\x04", head == "PK\x05\x06": // the second begins a zip without entries
		return kindZip, nil
	case strings.HasPrefix(head, "\x1f\x8b"):
		return kindTarGz, nil
	}
	return "", errors.New("neither a zip nor a tar.gz")
}

// reason leaves out what stands around the reason of an error: the file is named already.
func reason(err error) error {
	var e *os.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
