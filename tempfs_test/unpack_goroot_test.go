package tempfs_test

import (
	"bytes"
	"compress/bzip2"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// goArchives are what the tests of archive/tar and archive/zip read, and what becomes of each; nil: it is unpacked. Names that are not here are only wanted to
// end in one way on all backends.
var goArchives = map[string]error{
	"zip/dd.zip": nil, "zip/go-no-datadesc-sig.zip.base64": nil, "zip/go-with-datadesc-sig.zip": nil, "zip/subdir.zip": nil, "zip/test.zip": nil,
	"zip/unix.zip": nil, "zip/winxp.zip": nil, "zip/zip64.zip": nil, "zip/zip64-2.zip": nil, "zip/utf8-infozip.zip": nil, "zip/time-go.zip": nil,
	"zip/test-trailing-junk.zip": unpack.ErrFormat, "zip/comment-truncated.zip": unpack.ErrFormat, "zip/readme.notzip": unpack.ErrFormat,
	"zip/test-prefix.zip": unpack.ErrFormat, "zip/readme.zip": unpack.ErrFormat,
	"zip/symlink.zip": unpack.ErrUnsafeLink, "zip/dupdir.zip": unpack.ErrDuplicate,

	"tar/file-and-dir.tar": nil, "tar/gnu-long-nul.tar": nil, "tar/gnu-not-utf8.tar": nil, "tar/gnu-utf8.tar": nil, "tar/gnu.tar": nil,
	"tar/hardlink.tar": nil, "tar/pax.tar": nil, "tar/pax-global-records.tar": nil, "tar/star.tar": nil, "tar/trailing-slash.tar": nil, "tar/ustar.tar": nil,
	"tar/v7.tar": nil, "tar/xattrs.tar": nil, "tar/sparse-formats.tar": nil, "tar/pax-nil-sparse-data.tar": nil, "tar/pax-nil-sparse-hole.tar": nil,
	"tar/neg-size.tar.base64": unpack.ErrFormat, "tar/pax-bad-hdr-file.tar": unpack.ErrFormat, "tar/pax-nul-path.tar": unpack.ErrFormat,
	"tar/ustar-file-devs.tar": nil, "tar/gnu-multi-hdrs.tar": unpack.ErrTruncated, "tar/issue11169.tar": unpack.ErrFormat, "tar/pax-sparse-big.tar.base64": unpack.ErrTooLarge,
	"tar/gnu-sparse-big.tar.base64": unpack.ErrTooLarge,
}

// TestUnpackJudgesTheArchivesOfGo the same on all backends.
func TestUnpackJudgesTheArchivesOfGo(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("there is no go command to ask: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src", "archive", "*", "testdata", "*"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("this GOROOT has no tests")
	}
	for _, file := range files {
		name := filepath.Base(filepath.Dir(filepath.Dir(file))) + "/" + filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			archive := decoded(t, file)
			want, known := goArchives[name]
			var outlines []map[string]string
			var said []string
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				err := unpack.Into(context.Background(), fsys, bytes.NewReader(archive))
				if known {
					require.ErrorIs(t, err, want)
				}
				if err != nil {
					require.Empty(t, namesOf(t, fsys, "/"))
					var e *unpack.Error
					require.True(t, errors.As(err, &e), err)
				}
				outlines, said = append(outlines, outlineOf(t, fsys)), append(said, errorText(err))
			})
			for i := range outlines {
				require.Equal(t, said[0], said[i])
				require.Equal(t, outlines[0], outlines[i])
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// decoded is what a file of GOROOT has: some are encoded, so that programs that look for viruses leave them alone.
func decoded(t *testing.T, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	var r io.Reader = f
	switch filepath.Ext(file) {
	case ".base64":
		r = base64.NewDecoder(base64.StdEncoding, f)
	case ".bz2":
		r = bzip2.NewReader(f)
	}
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	return content
}
