package tempfs_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// packed is an entry of an archive that a test makes.
type packed struct {
	name    string
	content string
	kind    byte   // the type flag of tar; 0: a file
	target  string // of a link
	mode    fs.FileMode
}

func packedFile(name, content string) packed { return packed{name: name, content: content} }
func packedDir(name string) packed {
	return packed{name: name, kind: tar.TypeDir, mode: 0o755}
}

func packedLink(name, target string) packed {
	return packed{name: name, kind: tar.TypeSymlink, target: target}
}

func packedHardLink(name, target string) packed {
	return packed{name: name, kind: tar.TypeLink, target: target}
}

// packedTar makes a tar.
func packedTar(tb testing.TB, items ...packed) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range items {
		h := &tar.Header{Name: i.name, Linkname: i.target, Typeflag: i.kind, Mode: int64(i.mode), Size: int64(len(i.content)), ModTime: longAgo}
		if i.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if i.mode == 0 {
			h.Mode = 0o644
		}
		require.NoError(tb, w.WriteHeader(h), i.name)
		_, err := w.Write([]byte(i.content))
		require.NoError(tb, err)
	}
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// packedZip makes a zip, which has no hard links.
func packedZip(tb testing.TB, items ...packed) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, i := range items {
		h := &zip.FileHeader{Name: i.name, Method: zip.Deflate, Modified: longAgo}
		mode, content := i.mode, i.content
		if mode == 0 {
			mode = 0o644
		}
		switch i.kind {
		case tar.TypeSymlink:
			mode, content = mode|fs.ModeSymlink, i.target
		case tar.TypeDir:
			mode |= fs.ModeDir
		case tar.TypeFifo:
			mode |= fs.ModeNamedPipe
		case tar.TypeChar:
			mode |= fs.ModeDevice | fs.ModeCharDevice
		case tar.TypeBlock:
			mode |= fs.ModeDevice
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

// packedGzip compresses.
func packedGzip(tb testing.TB, content []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(content)
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// archivesOf are the items in each format that has such entries.
func archivesOf(tb testing.TB, items ...packed) map[string][]byte {
	tb.Helper()
	plain := packedTar(tb, items...)
	archives := map[string][]byte{"tar": plain, "tar.gz": packedGzip(tb, plain)}
	for _, i := range items {
		if i.kind == tar.TypeLink {
			return archives
		}
	}
	archives["zip"] = packedZip(tb, items...)
	return archives
}

// outlineOf tells type, permissions, and content or target of all in an Fs, and nothing of times: those of a directory that existed before are of whoever works in it.
func outlineOf(tb testing.TB, fsys afero.Fs) map[string]string {
	tb.Helper()
	outline := map[string]string{}
	require.NoError(tb, afero.Walk(fsys, "/", func(name string, info fs.FileInfo, err error) error {
		said := fmt.Sprint(info.Mode())
		switch {
		case errors.Is(err, fs.ErrPermission): // of a directory that its archive lets nobody read
			said += " shut"
		case err != nil:
			return err
		case info.Mode().IsRegular():
			content, err := afero.ReadFile(fsys, name)
			if err != nil {
				require.ErrorIs(tb, err, fs.ErrPermission)
			}
			said += fmt.Sprintf(" %d %.80q", len(content), content)
		case info.Mode().Type() == fs.ModeSymlink:
			target, err := fsys.(afero.LinkReader).ReadlinkIfPossible(name)
			require.NoError(tb, err)
			said = "link to " + target
		}
		outline[name] = said
		return nil
	}))
	return outline
}

// onlyReader hides that a reader can be read anywhere.
type onlyReader struct{ io.Reader }

func contentOf(tb testing.TB, fsys afero.Fs, name string) string {
	tb.Helper()
	content, err := afero.ReadFile(fsys, name)
	require.NoError(tb, err)
	return string(content)
}

// incompressible is content that stays as large as it is, the same each time.
func incompressible(n int) string {
	content := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	return string(content)
}
