package unpack

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// linker is an Fs that has hard links. Package afero has no name for it.
type linker interface {
	Link(oldname, newname string) error
}

// hardLink makes another name of a file that the archive made before, and a copy of the file where the Fs has no hard links.
func (x *extraction) hardLink(n *node, target, stage string) error {
	old, err := x.unpacked(target)
	if err != nil {
		return err
	}
	n.kind = regular
	oldname := old.below(x.stage)
	if fsys, ok := x.fs.(linker); ok {
		err := fsys.Link(oldname, stage)
		if err == nil || !noHardLinks(err) {
			return err
		}
	}
	return x.copyFile(oldname, stage)
}

// noHardLinks: EPERM is what Linux says where a filesystem has none, link(2).
func noHardLinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission)
}

// unpacked finds a regular file of the archive by the name that an entry has for it.
func (x *extraction) unpacked(name string) (*node, error) {
	clean, err := x.limits.cleanName(name)
	var refused *Error
	if errors.As(err, &refused) {
		return nil, refuse(ErrUnsafeLink, "it is a hard link to %s: %s", quoted(name), refused.Reason)
	}
	n := x.root
	for part := range strings.SplitSeq(clean, "/") {
		if n = n.children[x.key(part)]; n == nil || n.name != part {
			return nil, refuse(ErrUnsafeLink, "it is a hard link to %s, which is not there before it", quoted(name))
		}
	}
	if n.kind != regular {
		return nil, refuse(ErrUnsafeLink, "it is a hard link to %s, which is %s", quoted(name), n.kind)
	}
	return n, nil
}

// copyFile copies a file of the stage. Its bytes count once more.
func (x *extraction) copyFile(oldname, newname string) (err error) {
	in, err := x.fs.Open(oldname)
	if err != nil {
		return err
	}
	defer func() {
		if closed := in.Close(); err == nil {
			err = closed
		}
	}()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := x.fs.OpenFile(newname, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()&fileMode)
	if err != nil {
		return err
	}
	err = x.worker.copy(out, in, &Entry{Name: newname})
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = x.setTime(newname, info.ModTime())
	}
	return err
}
