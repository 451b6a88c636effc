package tempfs

import (
	"cmp"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/afero"
)

// Export copies everything in the Fs into the directory dir of dst, a name as dst has them, which is made if it is missing, with its parents, mode 0777
// before umask. It is the way back of [Fs.Import]. The [Fs.Sub] of a directory exports that alone; afero.NewOsFs() is the dst for a
// directory of the host.
//
// Nothing is overwritten: a file or link that is there already is fs.ErrExist. A directory that is there is filled and keeps its
// mode; never is anything written through a link below dir. Modes, times, links and holes are copied as far as dst has such a thing; setuid,
// setgid and sticky are not, and the owner is whoever owns what dst makes. A symbolic link that dst cannot hold as it is, is an error: an
// afero.MemMapFs has no links, an afero.BasePathFs changes where they lead.
//
// It fails with a *fs.PathError that names the entry in the Fs, or dir if it is about that, and then removes all that it made; what cannot be removed is joined. Beside
// the errors of the Fs and of dst, causes are by [errors.Is]: afero.ErrNoSymlink; errors.ErrUnsupported for a FIFO, a
// socket or a device; EINVAL for a dir inside of what is copied.
func (f *Fs) Export(dst afero.Fs, dir string, opts ...CopyOption) error {
	t := newTransfer(opExport, virtualSource{Fs: f}, dst, opts)
	t.dropsSpecial = true
	switch {
	case dst == nil:
		return pathError(opExport, dir, fs.ErrInvalid)
	case dir == "":
		return pathError(opExport, dir, syscall.ENOENT)
	}
	r := route{"/", plainDir(dir)}
	if failed, err := t.makeDirs(r.to); err != nil {
		return t.finish(pathError(opExport, failed, causeOf(err)))
	}
	return t.copyContent(r)
}

// plainDir is dir without the separators and "." that mean nothing, which afero.MemMapFs takes for names.
func plainDir(dir string) string {
	volume := filepath.VolumeName(dir)
	rest := dir[len(volume):]
	clean := absoluteDir(rest)
	if rest == "" || !isSeparator(rune(rest[0])) {
		clean = strings.TrimPrefix(clean, "/")
	} else if clean == "" {
		clean = "/"
	}
	return cmp.Or(volume+clean, ".")
}
