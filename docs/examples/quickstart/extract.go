package main

import (
	"context"
	"fmt"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs/unpack"
)

// defaultLimits bound what an archive may come to: a quarter of what package unpack would take.
var defaultLimits = unpack.Limits{Bytes: 256 << 20}

// unpacked tells what became of an archive.
type unpacked struct {
	kind    kind
	size    int64    // of the archive
	skipped []string // links and special files, each with what it is
}

// unpackFile unpacks the archive at path, on the host, into fsys. Whatever is unsafe or broken is an error, and nothing is unpacked then; links, devices and the like are skipped.
func unpackFile(fsys afero.Fs, path string, l unpack.Limits) (unpacked, error) {
	f, size, err := openArchive(path)
	if err != nil {
		return unpacked{}, err
	}
	defer func() { _ = f.Close() }() // it was read only
	k, err := kindOf(f)
	if err != nil {
		return unpacked{}, err
	}
	u := unpacked{kind: k, size: size}
	skip := unpack.Skip(unpack.SymbolicLinks|unpack.HardLinks|unpack.Specials, func(name string, kind unpack.Kind) {
		u.skipped = append(u.skipped, fmt.Sprintf("%s (a %s)", name, kind))
	})
	err = unpack.Into(context.Background(), fsys, f, unpack.WithLimits(l), skip)
	return u, err
}
