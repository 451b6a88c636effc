package tempfs

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/spf13/afero"
)

const specialBits = fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// modeOf is the mode that a copy gets of what has that info.
func (t *transfer) modeOf(info fs.FileInfo) fs.FileMode {
	mode := info.Mode()
	if t.knowsNoMode(info) {
		mode = defaultMode(mode.Type(), t.umask)
	}
	if t.dropsSpecial {
		return mode.Perm()
	}
	return mode & (fs.ModePerm | specialBits)
}

// knowsNoMode recognizes the sources that have none to tell: embed.FS and the directories that fstest.MapFS adds are readable and
// as old as no file can be, a file of an fstest.MapFS is 0 and a directory of a *zip.Reader 0555, whatever it was.
func (t *transfer) knowsNoMode(info fs.FileInfo) bool {
	if _, ours := t.from.(virtualSource); ours {
		return false
	}
	perm, readable := info.Mode().Perm(), fs.FileMode(0o444)
	if info.IsDir() {
		readable = 0o555
	}
	if info.Sys() == nil && (perm == 0 || info.IsDir() && perm == readable) {
		return true
	}
	return info.ModTime().IsZero() && (perm == 0 || perm == readable)
}

// file copies a regular file.
func (t *transfer) file(r route, info fs.FileInfo, inMade bool) (err error) {
	from, info, err := t.from.open(r.from, info)
	if err != nil {
		return t.fail(r, err)
	}
	defer func() { _ = from.Close() }()
	if !info.Mode().IsRegular() {
		return t.fail(r, syscall.EOPNOTSUPP)
	}
	perm := t.modeOf(info).Perm()
	if t.keepsOwners {
		perm &= 0o700 // the group and others are not yet who they will be
	}
	to, err := t.to.create(r.to, perm)
	if err != nil {
		return t.fail(r, err)
	}
	t.record(r, false, inMade)
	if err = t.copyFile(r, to, from, info); err == nil {
		err = t.finishFile(r, to, info)
	}
	if closed := to.Close(); err == nil {
		err = closed
	}
	if err == nil { // here, since the close of a file of afero.MemMapFs, and of one on Windows, is a change of it
		err = t.to.chtimes(r.to, accessTime(info), info.ModTime())
	}
	if err != nil {
		return t.fail(r, err)
	}
	t.remember(r, info)
	return nil
}

// finishFile gives the open file to what the source has beside content. A write, and a change of the owner, takes special bits away: they come last.
func (t *transfer) finishFile(r route, to afero.File, info fs.FileInfo) error {
	got, err := to.Stat()
	if err != nil {
		return err
	}
	mode := t.modeOf(info)
	kept, err := t.keepOwner(r, got, info)
	if err != nil {
		return err
	}
	if !kept { // not to become the programs of another user, as cp(1) has it
		mode &^= fs.ModeSetuid | fs.ModeSetgid
	}
	if mode != got.Mode() {
		if err := t.to.chmod(r.to, to, mode); err != nil {
			return err
		}
	}
	if t.onFile == nil {
		return nil
	}
	if err := t.to.chtimes(r.to, accessTime(info), info.ModTime()); err != nil {
		return err
	}
	ours := to.(*file) //nolint:forcetypeassert // the condition of onFile
	return ours.result(opSync, t.onFile(ours.handle))
}

// keepOwner makes the copy, which has the info got, belong to whom the source does. kept is false if it may not.
func (t *transfer) keepOwner(r route, got, info fs.FileInfo) (kept bool, err error) {
	if !t.keepsOwners || t.to.owner == nil {
		return true, nil
	}
	return giveAway(got, info, func(uid, gid int) error { return t.to.owner.Lchown(r.to, uid, gid) })
}

// giveAway makes what has the info got belong, by chown, to whom info tells. kept is false if the process may not.
func giveAway(got, info fs.FileInfo, chown func(uid, gid int) error) (kept bool, err error) {
	uid, gid, known := ownerOf(info)
	gotUID, gotGID, gotKnown := ownerOf(got)
	if !known || !gotKnown || uid == gotUID && gid == gotGID {
		return true, nil
	}
	err = chown(uid, gid)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) { // EINVAL: the user namespace has no such user
		_ = chown(-1, gid) // one of the user's groups perhaps
		return false, nil
	}
	return err == nil, err
}

// finishDir gives a directory that was made, and is complete, what the source has beside entries.
func (t *transfer) finishDir(r route, info fs.FileInfo) error {
	var open afero.File
	if t.onDir != nil {
		var err error
		if open, err = t.to.Open(r.to); err != nil { // before the mode forbids it
			return t.fail(r, err)
		}
		defer func() { _ = open.Close() }()
	}
	if err := t.dirAttributes(r, info); err != nil {
		return t.fail(r, err)
	}
	if open == nil {
		return nil
	}
	ours := open.(*file) //nolint:forcetypeassert // the condition of onDir
	if err := ours.result(opSync, t.onDir(ours.handle)); err != nil {
		return t.fail(r, err)
	}
	return nil
}

func (t *transfer) dirAttributes(r route, info fs.FileInfo) error {
	if t.keepsOwners {
		got, err := t.to.lstat(r.to)
		if err != nil {
			return err
		}
		if _, err := t.keepOwner(r, got, info); err != nil {
			return err
		}
	}
	mode := t.modeOf(info)
	if err := t.to.chmod(r.to, nil, mode); err != nil {
		return err
	}
	if mode&0o700 != 0o700 {
		t.closed = append(t.closed, r)
	}
	return t.to.chtimes(r.to, accessTime(info), info.ModTime())
}
