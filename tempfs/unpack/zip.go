package unpack

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
)

// walkZip hands over the entries of a zip, in the order of its central directory, which alone is believed.
func walkZip(x *extraction, from *source) (err error) {
	archive := from.at
	if archive == nil {
		copied, failed := x.spoolZip(from)
		if failed != nil {
			return failed
		}
		defer func() { err = joined(err, copied.remove(x)) }()
		archive = copied.SectionReader
	}
	members, err := membersOf(archive, x.limits.Entries)
	if err != nil {
		return err
	}
	if x.workers <= 1 || x.lastWins { // who replaces a file must have it
		return x.members(members)
	}
	x.crew = x.hire(min(x.workers, len(members)))
	defer x.crew.dismiss()
	if err := x.members(members); err != nil {
		return err
	}
	return x.crew.finish()
}

// members hands over the entries.
func (x *extraction) members(all []member) error {
	for _, m := range all {
		e, err := m.entry(x.limits)
		if err != nil {
			return named(m.Name, unsound(err))
		}
		if err := x.add(&e); err != nil {
			return err
		}
	}
	return nil
}

// member is an entry of a zip.
type member struct {
	*zip.File
	offset int64 // of its content
}

// membersOf reads the central directory, and the header before each content.
func membersOf(archive *io.SectionReader, most int64) ([]member, error) {
	guarded := &guard{r: &oneAtATime{r: archive}, left: min(most, math.MaxInt64-overread) + overread}
	r, err := zip.NewReader(guarded, archive.Size())
	switch {
	case errors.Is(err, zip.ErrInsecurePath): // GODEBUG=zipinsecurepath=0: names are judged here, and the reader is whole
	case err != nil:
		return nil, unsound(err)
	}
	if int64(len(r.File)) > most {
		return nil, refuse(ErrTooMany, "there are %d, and %d are allowed", len(r.File), most)
	}
	if err := endsWithDirectory(archive, r.Comment); err != nil {
		return nil, err
	}
	guarded.lifted = true
	members := make([]member, len(r.File))
	for i, f := range r.File {
		if f.Flags&(1|1<<6|1<<13) != 0 { // encrypted, strongly, the directory too: 4.4.4 of PKWARE's APPNOTE
			return nil, named(f.Name, &Error{Err: ErrEncrypted})
		}
		offset, err := f.DataOffset()
		if err != nil {
			return nil, named(f.Name, unsound(err))
		}
		members[i] = member{f, offset}
	}
	return members, overlap(members, archive.Size())
}

// overlap refuses entries that share bytes: some kilobytes can be the content of any number of files then.
func overlap(members []member, size int64) error {
	ordered := slices.Clone(members)
	slices.SortStableFunc(ordered, func(a, b member) int { return cmp.Compare(a.offset, b.offset) })
	end := int64(0)
	for _, m := range ordered {
		if m.CompressedSize64 > uint64(max(size-m.offset, 0)) {
			return named(m.Name, refuse(ErrTruncated, "its content would end behind the archive"))
		}
		if m.CompressedSize64 == 0 {
			continue
		}
		if m.offset < end {
			return named(m.Name, refuse(ErrFormat, "it overlaps another entry"))
		}
		end = m.offset + int64(m.CompressedSize64)
	}
	return nil
}

// endsWithDirectory wants the end of the central directory, with its comment, to be the end of the archive. Package zip passes over what is behind it.
func endsWithDirectory(archive *io.SectionReader, comment string) error {
	const size, signature = 22, "PK\x05\x06" // 4.3.16 of APPNOTE
	end := make([]byte, size)
	if _, err := archive.ReadAt(end, archive.Size()-int64(len(comment))-size); err != nil && err != io.EOF {
		return named("", err)
	}
	if !bytes.HasPrefix(end, []byte(signature)) || int(binary.LittleEndian.Uint16(end[size-2:])) != len(comment) {
		return refuse(ErrFormat, "something is behind the end of the zip")
	}
	return nil
}

// guard bounds the headers that package zip reads into memory: it goes on for as long as there are some, whatever number the archive claims. It counts their signatures as
// they pass.
type guard struct {
	r      io.ReaderAt
	left   int64
	lifted bool // the directory was read: what is read now may look as it likes
}

// overread is more than the headers of 46 bytes that package zip reads twice, in the last 65 KiB, where it looks for the end.
const overread = 4 << 10

func (g *guard) ReadAt(p []byte, offset int64) (int, error) {
	n, err := g.r.ReadAt(p, offset)
	if g.lifted {
		return n, err
	}
	if g.left -= int64(bytes.Count(p[:n], []byte("PK\x01\x02"))); g.left < 0 { // and stays so: package zip passes over some failures
		return 0, &Error{Err: ErrTooMany}
	}
	return n, err
}

// entry is what the central directory says of the member.
func (m *member) entry(l Limits) (Entry, error) {
	const unix, unixBits = 3, 16
	e := Entry{Name: m.Name, Mode: m.Mode(), ModTime: m.Modified, size: int64(min(m.UncompressedSize64, 1<<62))}
	if m.CreatorVersion>>8 == unix && m.ExternalAttrs>>unixBits == 0 { // made without a mode
		e.Mode = e.Mode.Type() | fileMode
		if !e.Mode.IsDir() {
			e.Mode &^= 0o111
		}
	}
	e.Mode &= fs.ModeType | fs.ModePerm
	e.Open = func() (io.ReadCloser, error) { return m.open(l.Ratio) }
	switch {
	case e.Mode.Type() == fs.ModeDir:
		if m.UncompressedSize64 != 0 {
			return e, refuse(ErrFormat, "a directory has content")
		}
	case e.Mode.Type() == fs.ModeSymlink:
		return e, m.readTarget(&e, l)
	}
	return e, nil
}

// readTarget reads the target of a symbolic link, which is its content.
func (m *member) readTarget(e *Entry, l Limits) error {
	if e.size > int64(l.Path) {
		return refuse(ErrTooDeep, "its target has %d bytes, and %d are allowed", e.size, l.Path)
	}
	content, err := e.Open()
	if err != nil {
		return err
	}
	var target strings.Builder
	_, err = io.Copy(&target, content)
	e.Linkname = target.String()
	return errors.Join(err, content.Close())
}
