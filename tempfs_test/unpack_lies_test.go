package tempfs_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// stored is a zip with one file that is not compressed, whose header may say anything.
func stored(tb testing.TB, content string, lie func(h *zip.FileHeader)) []byte {
	tb.Helper()
	h := &zip.FileHeader{
		Name: "f", Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content)),
		CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content)),
	}
	lie(h)
	return rawZip(tb, content, h)
}

// rawZip is a zip with one file, as its header says.
func rawZip(tb testing.TB, raw string, h *zip.FileHeader) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateRaw(h)
	require.NoError(tb, err)
	_, err = f.Write([]byte(raw))
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// deflated is the same, compressed.
func deflated(tb testing.TB, content, behind string, lie func(h *zip.FileHeader)) []byte {
	tb.Helper()
	whole := packedZip(tb, packedFile("f", content))
	r, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	require.NoError(tb, err)
	offset, err := r.File[0].DataOffset()
	require.NoError(tb, err)
	h := &zip.FileHeader{
		Name: "f", Method: zip.Deflate, CRC32: r.File[0].CRC32,
		CompressedSize64: r.File[0].CompressedSize64 + uint64(len(behind)), UncompressedSize64: uint64(len(content)),
	}
	raw := string(whole[offset:offset+int64(r.File[0].CompressedSize64)]) + behind
	lie(h)
	return rawZip(tb, raw, h)
}

// TestUnpackRefusesLies about sizes, either way, and checksums, that of zero included.
func TestUnpackRefusesLies(t *testing.T) {
	content := strings.Repeat("content ", 100)
	for name, archive := range map[string][]byte{
		"stored, and two sizes":           stored(t, content, func(h *zip.FileHeader) { h.UncompressedSize64-- }),
		"stored, and smaller":             stored(t, content, func(h *zip.FileHeader) { h.UncompressedSize64--; h.CompressedSize64-- }),
		"stored, and a checksum of zero":  stored(t, content, func(h *zip.FileHeader) { h.CRC32 = 0 }),
		"stored, and a checksum":          stored(t, content, func(h *zip.FileHeader) { h.CRC32++ }),
		"longer":                          deflated(t, content, "", func(h *zip.FileHeader) { h.UncompressedSize64-- }),
		"shorter":                         deflated(t, content, "", func(h *zip.FileHeader) { h.UncompressedSize64++ }),
		"empty":                           deflated(t, content, "", func(h *zip.FileHeader) { h.UncompressedSize64 = 0 }),
		"checksum of zero":                deflated(t, content, "", func(h *zip.FileHeader) { h.CRC32 = 0 }),
		"checksum":                        deflated(t, content, "", func(h *zip.FileHeader) { h.CRC32++ }),
		"bytes behind the compressed":     deflated(t, content, "hidden", func(*zip.FileHeader) {}),
		"method that nobody knows":        deflated(t, content, "", func(h *zip.FileHeader) { h.Method = 99 }),
		"directory with content":          bytes.ReplaceAll(packedZip(t, packedFile("d!", content)), []byte("d!"), []byte("d/")),
		"two entries of the same content": overlapping(t, content),
		"an entry in another one":         quoting(t),
		"something behind the end":        append(packedZip(t, packedFile("f", content)), "behind"...),
		"a zip behind a zip's end":        append(packedZip(t, packedFile("f", content)), "PK"...),
		"something behind a tar":          append(packedTar(t, packedFile("f", content)), "behind"...),
		"a zip behind a tar":              append(packedTar(t, packedFile("f", content)), packedZip(t, packedFile("g", content))...),
		"a tar behind a tar":              append(packedTar(t, packedFile("f", content)), packedTar(t, packedFile("g", content))...),
		"something behind a gzip":         append(packedGzip(t, packedTar(t, packedFile("f", content))), "something that is no gzip"...),
		"something before a zip":          append([]byte("#!/bin/sh\n"), packedZip(t, packedFile("f", content))...),
		"a second tar in a gzip":          append(packedGzip(t, packedTar(t, packedFile("f", ""))), packedGzip(t, packedTar(t, packedFile("g", "")))...),
		"a checksum of gzip":              spoiled(packedGzip(t, packedTar(t, packedFile("f", content))), -8),
		"a size of gzip":                  spoiled(packedGzip(t, packedTar(t, packedFile("f", content))), -4),
		"a checksum of a tar's header":    spoiled(packedTar(t, packedFile("e", ""), packedFile("f", content)), 512+20),
		"a page of the web":               []byte("<html>"),
		"nothing":                         {},
	} {
		t.Run(name, func(t *testing.T) { isRefused(t, archive, unpack.ErrFormat) })
	}
	isRefused(t, stored(t, content, func(h *zip.FileHeader) { h.CompressedSize64++; h.UncompressedSize64++ }), unpack.ErrFormat) // a byte of the central directory
	isRefused(t, stored(t, content, func(h *zip.FileHeader) { h.CompressedSize64 += 1 << 20; h.UncompressedSize64 += 1 << 20 }), unpack.ErrTruncated)
	isRefused(t, deflated(t, content, "", func(h *zip.FileHeader) { h.CompressedSize64 -= 3 }), unpack.ErrTruncated)
}

// spoiled has one byte changed; a negative offset counts from the end.
func spoiled(archive []byte, offset int) []byte {
	if offset < 0 {
		offset += len(archive)
	}
	archive[offset] ^= 0x10
	return archive
}

// TestUnpackRefusesEncryptedEntries.
func TestUnpackRefusesEncryptedEntries(t *testing.T) {
	for _, flag := range []uint16{1, 1 << 6, 1 << 13} {
		isRefused(t, stored(t, "secret", func(h *zip.FileHeader) { h.Flags = flag }), unpack.ErrEncrypted)
	}
}

// directoryHeaders are the offsets of the headers in the central directory.
func directoryHeaders(archive []byte) (offsets []int) {
	for at := 0; ; {
		i := bytes.Index(archive[at:], []byte("PK\x01\x02"))
		if i < 0 {
			return offsets
		}
		offsets = append(offsets, at+i)
		at += i + 4
	}
}

const offsetInDirectory = 42 // of the offset of the local header, 4.3.12 of APPNOTE

// overlapping has the central directory name the content of the first entry for the second, too.
func overlapping(tb testing.TB, content string) []byte {
	tb.Helper()
	archive := packedZip(tb, packedFile("a", content), packedFile("b", content))
	headers := directoryHeaders(archive)
	require.Len(tb, headers, 2)
	copy(archive[headers[1]+offsetInDirectory:], archive[headers[0]+offsetInDirectory:][:4])
	return archive
}

// quoting has the second entry, with its header, in the content of the first.
func quoting(tb testing.TB) []byte {
	tb.Helper()
	inner := stored(tb, "quoted", func(*zip.FileHeader) {})
	headers := directoryHeaders(inner)
	local := string(inner[:headers[0]])
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, content := range []string{local, "quoted"} {
		h := &zip.FileHeader{Name: "f", Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content)), CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content))}
		h.Name = string(rune('f' + b.Len()))
		f, err := w.CreateRaw(h)
		require.NoError(tb, err)
		_, err = f.Write([]byte(content))
		require.NoError(tb, err)
		require.NoError(tb, w.Flush())
	}
	require.NoError(tb, w.Close())
	archive := b.Bytes()
	headers = directoryHeaders(archive)
	require.Len(tb, headers, 2)
	binary.LittleEndian.PutUint32(archive[headers[1]+offsetInDirectory:], 30+1) // behind the first header and its name
	return archive
}

// TestUnpackTakesModesOfZipsForWhatTheyAre: made on FAT, made on Unix without one, and one that is two kinds.
func TestUnpackTakesModesOfZipsForWhatTheyAre(t *testing.T) {
	const unix = 3 << 8
	for name, c := range map[string]struct {
		lie  func(h *zip.FileHeader)
		want fs.FileMode
	}{
		"FAT":           {func(*zip.FileHeader) {}, 0o644},
		"FAT, readonly": {func(h *zip.FileHeader) { h.ExternalAttrs = 1 }, 0o444},
		"Unix":          {func(h *zip.FileHeader) { h.CreatorVersion, h.ExternalAttrs = unix, 0o100700<<16 }, 0o700},
		"Unix, none":    {func(h *zip.FileHeader) { h.CreatorVersion = unix }, 0o644},
		"setuid":        {func(h *zip.FileHeader) { h.CreatorVersion, h.ExternalAttrs = unix, 0o107755<<16 }, 0o755},
	} {
		t.Run(name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(stored(t, "x", c.lie))))
				info, err := fsys.Stat("f")
				require.NoError(t, err)
				require.Zero(t, info.Mode()&^fs.ModePerm)
				require.Equal(t, c.want&0o700, info.Mode().Perm()&0o700)
			})
		})
	}
	isRefused(t, stored(t, "", func(h *zip.FileHeader) { h.Name, h.CreatorVersion, h.ExternalAttrs = "d/", unix, 0o120777<<16 }), unpack.ErrUnsafePath)
	isRefused(t, stored(t, "", func(h *zip.FileHeader) { h.CreatorVersion, h.ExternalAttrs = unix, 0o140777<<16 }), unpack.ErrSpecial)
}

// TestUnpackTakesAnEmptyZip, and a comment at its end.
func TestUnpackTakesAnEmptyZip(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	require.NoError(t, w.SetComment("PK\x05\x06 is what a comment may say, and more"))
	require.NoError(t, w.Close())
	fsys := tempfs.Test(t, tempfs.InMemory())
	for _, archive := range [][]byte{packedZip(t), packedTar(t), packedGzip(t, packedTar(t)), b.Bytes()[:0:0]} {
		if len(archive) > 0 {
			require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive)))
		}
	}
	require.Empty(t, namesOf(t, fsys, "/"))
}
