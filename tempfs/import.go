package tempfs

import (
	"io/fs"
	"strings"
	"syscall"
)

// Import copies what is in src into the directory dir of the Fs, which is made if it is missing, with its parents, mode 0777 before umask. src
// may be an embed.FS, an os.DirFS, a *zip.Reader, an fstest.MapFS, the [Fs.IOFS] of another Fs: any fs.FS.
//
// Nothing is overwritten: a file or link that is there already is fs.ErrExist. A directory that is there is filled and keeps its
// mode; never is anything written through a link. Import copies modes, setuid, setgid and sticky too, times, symbolic links as they
// are, hard links between files of src, and the holes of files, as far as src tells of them. What has no mode, in an
// embed.FS say, gets 0666 or 0777 before umask. The owner is whoever owns what the process makes.
//
// It fails with a *fs.PathError that names the entry in the Fs, and then removes all that it made; what cannot be removed is joined. Beside
// the errors of src and of the Fs, causes are by [errors.Is]: fs.ErrInvalid for a name that io/fs does not allow, errors.ErrUnsupported
// for a FIFO, a socket or a device, and for a link when src cannot tell where it leads; EINVAL for a dir inside of what is copied.
func (f *Fs) Import(src fs.FS, dir string, opts ...CopyOption) error {
	t := newTransfer(opImport, ioSource{src}, f, opts)
	t.showsTarget = true
	r := route{".", rootedDir(dir)}
	switch {
	case src == nil:
		return t.named(r, fs.ErrInvalid)
	case dir == "":
		return t.named(route{".", dir}, syscall.ENOENT)
	}
	if failed, err := t.makeDirs(r.to); err != nil {
		return t.finish(pathError(opImport, failed, causeOf(err)))
	}
	return t.copyContent(r)
}

// rootedDir is dir from the root on.
func rootedDir(dir string) string {
	if dir = absoluteDir(dir); dir != "" {
		return dir
	}
	return "/"
}

// makeDirs makes the directory dir of the destination and its parents, one by one: each that was missing is noted for undo. It
// tells the one that failed.
func (t *transfer) makeDirs(dir string) (failed string, err error) {
	for end := 0; end < len(dir); {
		next := strings.IndexFunc(dir[end+1:], isSeparator)
		if next < 0 {
			next = len(dir) - end - 1
		}
		if end == 0 && isSeparator(rune(dir[0])) { // the root, which a store of objects or an afero.BasePathFs may not have yet
			if err := t.makeDir(dir[:1]); err != nil {
				return dir[:1], err
			}
		}
		end += next + 1
		if err := t.makeDir(dir[:end]); err != nil {
			return dir[:end], err
		}
	}
	return "", nil
}

func (t *transfer) makeDir(dir string) error {
	if info, err := t.to.Stat(dir); err == nil {
		if info.IsDir() {
			return nil
		}
		return syscall.ENOTDIR
	}
	err := t.to.Mkdir(dir, 0o777)
	if err == nil {
		isRoot := len(dir) == 1 && isSeparator(rune(dir[0])) // of that undo removes no more than the name
		t.record(route{dir, dir}, !isRoot, false)
	}
	return err
}
