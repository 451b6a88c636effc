package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// item is an entry of an archive made here.
type item struct {
	name    string
	content string // the target of a symbolic link
	mode    fs.FileMode
}

func zipOf(t *testing.T, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, i := range items {
		h := &zip.FileHeader{Name: i.name, Method: zip.Deflate}
		h.SetMode(i.mode | 0o644)
		f, err := w.CreateHeader(h)
		require.NoError(t, err)
		_, err = f.Write([]byte(i.content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func tarGzOf(t *testing.T, items ...item) []byte {
	t.Helper()
	headers := make([]*tar.Header, len(items))
	for n, i := range items {
		h := &tar.Header{Name: i.name, Mode: int64(i.mode.Perm() | 0o644), Size: int64(len(i.content)), Typeflag: tar.TypeReg}
		switch {
		case i.mode.IsDir():
			h.Typeflag = tar.TypeDir
		case i.mode&fs.ModeSymlink != 0:
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, i.content, 0
		}
		headers[n] = h
	}
	return tarGz(t, headers, func(n int) string { return items[n].content })
}

func tarGz(t *testing.T, headers []*tar.Header, content func(n int) string) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for n, h := range headers {
		require.NoError(t, w.WriteHeader(h))
		if h.Size > 0 {
			_, err := w.Write([]byte(content(n)))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	require.NoError(t, zipped.Close())
	return b.Bytes()
}

// damaged changes the one place where old is.
func damaged(t *testing.T, archive []byte, old, other string) []byte {
	t.Helper()
	require.Equal(t, 1, bytes.Count(archive, []byte(old)))
	return bytes.Replace(archive, []byte(old), []byte(other), 1)
}

func TestBrokenArchives(t *testing.T) {
	stored := func() []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		f, err := w.CreateHeader(&zip.FileHeader{Name: "a", Method: zip.Store})
		require.NoError(t, err)
		_, err = f.Write([]byte("the content"))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	whole := tarGzOf(t, story...)
	sum := bytes.Clone(whole)
	sum[len(sum)-8] ^= 1 // of the checksum, RFC 1952

	for name, c := range map[string]struct {
		archive []byte
		why     string
	}{
		"empty":                {nil, "neither a zip nor a tar.gz"},
		"text":                 {[]byte("PK? It is no archive."), "neither a zip nor a tar.gz"},
		"zip, its head alone":  {[]byte("PK\x03\x04"), "not a sound archive"},
		"zip, other content":   {damaged(t, stored(), "the content", "the CONTENT"), "its checksum is wrong"},
		"gzip of text":         {gzipped(t, "no tar, but long enough for a header of one"+strings.Repeat(".", 512)), "what is compressed is no tar"},
		"gzip, cut in half":    {whole[:len(whole)/2], "cut short"},
		"gzip, without a sum":  {whole[:len(whole)-8], "cut short"},
		"gzip, with a bad sum": {sum, "invalid checksum"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.why, onDisk(t, c.archive)) })
	}
}

func gzipped(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// TestCutArchives cuts a small archive at every byte.
func TestCutArchives(t *testing.T) {
	small := []item{{name: "a", content: "some content"}, {name: "b"}}
	for kind, archive := range map[string][]byte{"zip": zipOf(t, small...), "tar.gz": tarGzOf(t, small...)} {
		t.Run(kind, func(t *testing.T) {
			for n := range archive {
				refused(t, "archive: ", onDisk(t, archive[:n]))
			}
		})
	}
}

func TestNoArchive(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	_, err := os.Stat(missing)
	refused(t, missing+": "+reason(err).Error(), missing)
	refused(t, "not a regular file", dir)
	refused(t, "not a regular file", os.DevNull)
}

// TestNames are refused in a zip and in a tar.gz, wherever they stand.
func TestNames(t *testing.T) {
	for name, why := range map[string]string{
		"../x":      "unsafe name",
		"a/../../x": "unsafe name",
		"a/..":      "unsafe name",
		"..":        "unsafe name",
		"/etc/x":    "absolute",
		`..\x`:      "backslash",
		`a\b`:       "backslash",
		"C:/x":      "drive",
		"first":     "duplicate name",
		"./first":   "duplicate name",
		"first/x":   "below",
	} {
		items := []item{{name: "first", content: "1"}, {name: name, content: "2"}, {name: "last", content: "3"}}
		t.Run(name, func(t *testing.T) {
			refused(t, why, onDisk(t, zipOf(t, items...)))
			refused(t, why, onDisk(t, tarGzOf(t, items...)))
		})
	}
}

func TestHarmlessNames(t *testing.T) {
	items := []item{
		{name: "./", mode: fs.ModeDir | 0o755},
		{name: "./a", content: "1"},
		{name: "..b", content: "2"},
		{name: "c/", mode: fs.ModeDir | 0o755},
		{name: "c//d", content: "3"},
		{name: "new\nline", content: "4"},
	}
	for kind, archive := range map[string][]byte{"zip": zipOf(t, items...), "tar.gz": tarGzOf(t, items...)} {
		t.Run(kind, func(t *testing.T) {
			status, stdout, stderr := quickstart(t, onDisk(t, archive))
			require.Equal(t, 0, status, stderr)
			require.Contains(t, stdout, "\n            new?line  1\n")
			require.Contains(t, stdout, "disk      5 files, 3 directories")
		})
	}
}

func TestLinksAreSkipped(t *testing.T) {
	headers := []*tar.Header{
		{Name: "a", Typeflag: tar.TypeReg, Size: 1, Mode: 0o600},
		{Name: "hard", Linkname: "a", Typeflag: tar.TypeLink},
		{Name: "soft", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink},
		{Name: "fifo", Typeflag: tar.TypeFifo},
		{Name: "device", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3},
	}
	path := onDisk(t, tarGz(t, headers, func(int) string { return "x" }))
	status, stdout, stderr := quickstart(t, path)
	require.Equal(t, 0, status, stderr)
	require.Contains(t, stdout, "disk      2 files")
	for _, s := range []string{"hard (a hard link", "soft (a symbolic link)", "fifo (a special file)", "device (a special file)"} {
		require.Contains(t, stdout, s)
	}

	status, stdout, stderr = quickstart(t, onDisk(t, zipOf(t, item{name: "soft", content: "/etc/passwd", mode: fs.ModeSymlink})))
	require.Equal(t, 0, status, stderr)
	require.Contains(t, stdout, "skipped   soft (a symbolic link)\n")
}

// TestGitArchive has the entry that git archive begins with, which is no file.
func TestGitArchive(t *testing.T) {
	headers := []*tar.Header{
		{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "0123456789"}},
		{Name: "a", Typeflag: tar.TypeReg},
	}
	fsys := tempfs.Test(t, tempfs.InMemory())
	_, err := unpackFile(fsys, onDisk(t, tarGz(t, headers, nil)), defaultLimits)
	require.NoError(t, err)
	infos, err := afero.ReadDir(fsys, "/")
	require.NoError(t, err)
	require.Len(t, infos, 1)
}

func TestLimits(t *testing.T) {
	items := []item{{name: "a", content: "0123456789"}, {name: "b", content: strings.Repeat("0", 90)}}
	for kind, archive := range map[string][]byte{"zip": zipOf(t, items...), "tar.gz": tarGzOf(t, items...)} {
		for limits, want := range map[unpack.Limits]error{
			{Entries: 2, Bytes: 100, Input: -1}: nil,
			{Entries: 1, Bytes: 100, Input: -1}: unpack.ErrTooMany,
			{Entries: 2, Bytes: 99, Input: -1}:  unpack.ErrTooLarge,
		} {
			t.Run(fmt.Sprint(kind, want), func(t *testing.T) {
				fsys := tempfs.Test(t, tempfs.InMemory())
				_, err := unpackFile(fsys, onDisk(t, archive), limits)
				require.ErrorIs(t, err, want)
			})
		}
	}
}

// TestSparseFile has a file of 8 GiB that is all hole: 512 bytes of the stream.
func TestSparseFile(t *testing.T) {
	const size = 8 << 30
	var b bytes.Buffer
	require.NoError(t, tar.NewWriter(&b).WriteHeader(&tar.Header{Name: "a", Typeflag: tar.TypeReg, Format: tar.FormatGNU}))
	// The old GNU format (tar(5) of libarchive): a type, a map of one part, which is empty and at the end, and the real size.
	h := b.Bytes()[:512]
	h[156] = tar.TypeGNUSparse
	copy(h[386:], fmt.Sprintf("%011o\x00%011o\x00", size, 0))
	copy(h[483:], fmt.Sprintf("%011o\x00", size))
	copy(h[148:156], "        ") // the checksum counts as spaces
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))

	fsys := tempfs.Test(t, tempfs.InMemory())
	_, err := unpackFile(fsys, onDisk(t, gzipped(t, string(h)+strings.Repeat("\x00", 1024))), unpack.Limits{Entries: 1, Bytes: 1 << 20})
	require.ErrorIs(t, err, unpack.ErrTooLarge)
	require.ErrorContains(t, err, `entry "a"`) // not the stream
}

func TestExecutableBit(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory()) // Windows has no such bit on disk
	_, err := unpackFile(fsys, onDisk(t, zipOf(t, story...)), defaultLimits)
	require.NoError(t, err)
	tool, err := fsys.Stat("story/deep/tool")
	require.NoError(t, err)
	text, err := fsys.Stat("story/one.txt")
	require.NoError(t, err)
	require.NotZero(t, tool.Mode()&0o100)
	require.Zero(t, text.Mode()&0o111)
}
