package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// item is an entry of an archive that a test makes.
type item struct {
	name    string
	content string
	kind    byte   // the type flag of tar; 0 is a file
	target  string // of a link
	mode    fs.FileMode
}

// made is when all items were.
var made = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func tarOf(tb testing.TB, items ...item) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range items {
		h := &tar.Header{Name: i.name, Linkname: i.target, Typeflag: i.kind, Mode: int64(i.mode), Size: int64(len(i.content)), ModTime: made}
		if i.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		require.NoError(tb, w.WriteHeader(h))
		_, err := io.WriteString(w, i.content)
		require.NoError(tb, err)
	}
	require.NoError(tb, w.Close())
	return b.Bytes()
}

func tarGzOf(tb testing.TB, items ...item) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(tarOf(tb, items...))
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// zipOf makes a zip, which has no hard links.
func zipOf(tb testing.TB, items ...item) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, i := range items {
		h := &zip.FileHeader{Name: i.name, Method: zip.Deflate, Modified: made}
		mode, content := i.mode, i.content
		switch i.kind {
		case tar.TypeDir:
			mode |= fs.ModeDir
		case tar.TypeSymlink:
			mode, content = mode|fs.ModeSymlink, i.target
		case tar.TypeFifo:
			mode |= fs.ModeNamedPipe
		case tar.TypeChar:
			mode |= fs.ModeDevice | fs.ModeCharDevice
		}
		h.SetMode(mode)
		f, err := w.CreateHeader(h)
		require.NoError(tb, err)
		_, err = io.WriteString(f, content)
		require.NoError(tb, err)
	}
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// archivesOf are the items in each format that has such entries.
func archivesOf(tb testing.TB, items ...item) map[string][]byte {
	tb.Helper()
	archives := map[string][]byte{"tar": tarOf(tb, items...), "tar.gz": tarGzOf(tb, items...)}
	for _, i := range items {
		if i.kind == tar.TypeLink {
			return archives
		}
	}
	archives["zip"] = zipOf(tb, items...)
	return archives
}
