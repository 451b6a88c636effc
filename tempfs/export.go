package tempfs

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/spf13/afero"
)

// Export copies what is in the directory dir of the Fs into the root of dst, the directory "/", which is made if it is missing, its parents not. It is
// the way back of [Fs.Import]. afero.NewBasePathFs(dst, "place") is a dst for another place than the root; that of an afero.OsFs is
// the root of the host.
//
// Nothing is overwritten: a file or link that is there already is fs.ErrExist. A directory that is there is filled and keeps its
// mode; never is anything written through a link. Modes, times, links and holes are copied as far as dst has such a thing; setuid,
// setgid and sticky are not, and the owner is whoever owns what dst makes. A symbolic link that dst cannot hold as it is, is an error: an
// afero.MemMapFs has no links, an afero.BasePathFs changes where they lead.
//
// It fails with a *fs.PathError that names the entry in the Fs, and then removes all that it made; what cannot be removed is joined. Beside
// the errors of the Fs and of dst, causes are by [errors.Is]: afero.ErrNoSymlink; errors.ErrUnsupported for a FIFO, a
// socket or a device; EINVAL for a dst inside of what is copied.
func (f *Fs) Export(dst afero.Fs, dir string, opts ...CopyOption) error {
	t := newTransfer(opExport, virtualSource{f}, dst, opts)
	t.dropsSpecial = true
	r := route{rootedDir(dir), "/"}
	switch {
	case dst == nil:
		return t.named(r, fs.ErrInvalid)
	case dir == "":
		return t.named(route{dir, "/"}, syscall.ENOENT)
	}
	if _, err := dst.Stat(r.to); errors.Is(err, fs.ErrNotExist) {
		if err := dst.Mkdir(r.to, 0o777); err != nil {
			return t.named(r, err)
		}
		t.record(r, false, false) // removed if it is empty then
	}
	return t.copyContent(r)
}
