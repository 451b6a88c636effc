package tempfs

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"syscall"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/internal/disk"
)

const (
	copyStep   = 1 << 20 // bytes between two looks at the context
	bufferSize = 256 << 10
)

// content is the copying of one file. It uses the offsets of both and begins where they are, which is at 0.
type content struct {
	*transfer
	route
	to   afero.File
	from fs.File

	toConn, fromConn syscall.Conn // nil unless both are on disk: what the kernel copies by itself
	step             int64        // bytes since the last report
}

// copyFile copies what from, with that info, has until its end to the new and empty file to. It moves the offsets of both.
func (t *transfer) copyFile(r route, to afero.File, from fs.File, info fs.FileInfo) error {
	c := &content{transfer: t, route: r, to: to, from: from}
	if toConn, fromConn := connOf(to), connOf(from); toConn != nil && fromConn != nil {
		c.toConn, c.fromConn = toConn, fromConn
	}
	if done, err := c.reflink(info.Size()); done || err != nil {
		return err
	}
	if done, err := c.aroundHoles(info); done || err != nil {
		return err
	}
	_, err := c.part(0, math.MaxInt64)
	return err
}

// advance counts n bytes, reports them and looks at the context now and then.
func (c *content) advance(n int64) error {
	c.progress.Bytes += n
	if c.step += n; c.step < copyStep {
		return nil
	}
	c.step = 0
	c.tell(c.route)
	return c.ctx.Err()
}

// reflink makes both files share their blocks, until one is written.
func (c *content) reflink(size int64) (done bool, err error) {
	if c.toConn == nil || c.noReflink || size == 0 {
		return false, nil
	}
	errno := disk.Reflink(c.toConn, c.fromConn)
	if errno == 0 {
		return true, c.advance(size)
	}
	c.noReflink = isNoShortcut(errno)
	if c.noReflink {
		return false, nil
	}
	return false, c.result(errno)
}

// isNoShortcut reports whether the kernel says that it cannot copy these two files by itself (ioctl_ficlone(2), copy_file_range(2)).
func isNoShortcut(errno syscall.Errno) bool {
	switch errno {
	case syscall.EXDEV, syscall.EINVAL, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EPERM, syscall.ENOTTY:
		return true
	}
	return false
}

// result is the error of an operation on both files, one of which a release may have closed.
func (c *content) result(errno syscall.Errno) error {
	for _, f := range []any{c.from, c.to} {
		if ours, ok := f.(*file); ok {
			if err := ours.check(opWrite); err != nil {
				return err
			}
		}
	}
	return errno
}

// aroundHoles copies the data alone if the file has holes and both sides can leave them out. SEEK_DATA is for files of the host and of
// an Fs: the Seek of embed.FS takes it for SEEK_SET.
func (c *content) aroundHoles(info fs.FileInfo) (done bool, err error) {
	size := info.Size()
	_, ofHost := c.from.(*os.File)
	_, ofFs := c.from.(*file)
	if !ofHost && !ofFs || size == 0 || !mayHaveHoles(info) {
		return false, nil
	}
	seeker := c.from.(io.Seeker) //nolint:forcetypeassert // both are
	data, hole, err := nextData(seeker, 0)
	allHole := errors.Is(err, syscall.ENXIO)
	if allHole || err == nil && (data > 0 || hole < size) {
		err = c.to.Truncate(size)
		if err == nil {
			return true, c.parts(seeker, size)
		}
		if c.transfer.to.isOurs {
			return false, err
		}
	}
	_, err = seeker.Seek(0, io.SeekStart) // no holes, or no way to tell or to make them
	return false, err
}

// parts copies the parts of a file that are no holes; size is that of both files, and of the copy the least.
func (c *content) parts(seeker io.Seeker, size int64) error {
	for off := int64(0); off < size; {
		data, hole, err := nextData(seeker, off)
		if errors.Is(err, syscall.ENXIO) {
			return c.advance(size - off)
		}
		if err != nil {
			return err
		}
		if err := c.advance(data - off); err != nil {
			return err
		}
		if err := c.seek(data); err != nil {
			return err
		}
		off = hole
		if end, err := c.part(data, hole-data); err != nil || end < hole {
			return err
		}
	}
	return nil
}

// nextData finds the data at or behind off, and the hole behind that. ENXIO: there is none.
func nextData(seeker io.Seeker, off int64) (data, hole int64, err error) {
	if data, err = seeker.Seek(off, memfallback.SeekData); err != nil {
		return 0, 0, err
	}
	data = max(data, off)
	hole, err = seeker.Seek(data, memfallback.SeekHole)
	if err != nil || hole <= data { // cut meanwhile, or of a system that takes it for SEEK_SET
		hole = math.MaxInt64
	}
	return data, hole, nil
}

// seek sets both offsets.
func (c *content) seek(off int64) error {
	for _, f := range []any{c.from, c.to} {
		if _, err := f.(io.Seeker).Seek(off, io.SeekStart); err != nil { //nolint:forcetypeassert // an afero.File and what aroundHoles asked
			return err
		}
	}
	return nil
}

// part copies at most n bytes at off, where both offsets are, and returns where it ended.
func (c *content) part(off, n int64) (end int64, err error) {
	end, err = c.inPlace(off, n)
	if err != nil || end > off && !c.noCopyInPlace {
		return end, err
	}
	if end > off {
		if err := c.seek(end); err != nil {
			return end, err
		}
	}
	return c.stream(end, n-(end-off)) // of proc(5) there is more
}

// inPlace lets the kernel copy, and moves no offset. It ends at the end of the file, or early with noCopyInPlace.
func (c *content) inPlace(off, n int64) (end int64, err error) {
	for c.toConn != nil && !c.noCopyInPlace && n > 0 {
		copied, errno := disk.CopyRange(c.toConn, c.fromConn, off, int(min(n, copyStep)))
		if isNoShortcut(errno) {
			c.noCopyInPlace = true
			break
		}
		if errno != 0 {
			return off, c.result(errno)
		}
		if copied == 0 {
			break
		}
		off, n = off+int64(copied), n-int64(copied)
		if err := c.advance(int64(copied)); err != nil {
			return off, err
		}
	}
	return off, nil
}

// maxEmptyReads bounds reads that give neither bytes nor an error, as that of package bufio does.
const maxEmptyReads = 100

func (c *content) stream(off, n int64) (end int64, err error) {
	if c.buffer == nil {
		c.buffer = make([]byte, bufferSize)
	}
	for empty := 0; n > 0; empty++ {
		got, failed := c.from.Read(c.buffer[:min(n, bufferSize)])
		if got < 0 || got > bufferSize || empty == maxEmptyReads {
			return off, io.ErrNoProgress
		}
		if got > 0 {
			empty = 0
			if err := c.write(c.buffer[:got]); err != nil {
				return off, err
			}
			off, n = off+int64(got), n-int64(got)
		}
		if errors.Is(failed, io.EOF) {
			return off, nil
		}
		if failed != nil {
			return off, failed
		}
	}
	return off, nil
}

func (c *content) write(p []byte) error {
	n, err := c.to.Write(p)
	if err == nil && n != len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return err
	}
	return c.advance(int64(n))
}
