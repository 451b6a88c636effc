package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strconv"
	"syscall"

	"github.com/spf13/afero"
)

// aferoFiles is about open files and their bytes in MemMapFs.
var aferoFiles = []aferoCheck{
	{shows: "O_EXCL without O_CREATE is ignored", thread: "415", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", ""),
			opened(fsys.OpenFile("/f", os.O_RDWR|os.O_EXCL, 0)),
		)
	}},
	{shows: "O_CREATE with O_EXCL makes no second file", thread: "244 15 102", right: true, check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", "kept"),
			wants(opened(fsys.OpenFile("/f", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)), fs.ErrExist),
			has(fsys, "/f", "kept"),
		)
	}},
	{shows: "O_APPEND appends at each write", thread: "13", check: func(fsys afero.Fs) error {
		const flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
		a, err := fsys.OpenFile("/log", flag, 0o644)
		return errors.Join(with(a, err, func(a afero.File) error {
			b, err := fsys.OpenFile("/log", flag, 0o644)
			return with(b, err, func(b afero.File) error {
				return errors.Join(
					errOf(a.WriteString("one ")),
					errOf(b.WriteString("two ")),
					errOf(a.WriteString("three")),
				)
			})
		}), has(fsys, "/log", "one two three"))
	}},
	{shows: "O_APPEND appends after a seek", thread: "13", check: func(fsys afero.Fs) error {
		f, err := fsys.OpenFile("/log", os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
		return errors.Join(with(f, err, func(f afero.File) error {
			return errors.Join(
				errOf(f.WriteString("one ")),
				errOf(f.Seek(0, io.SeekStart)),
				errOf(f.WriteString("two")),
			)
		}), has(fsys, "/log", "one two"))
	}},
	{shows: "O_RDONLY with O_CREATE does not write", thread: "655", check: func(fsys afero.Fs) error {
		f, err := fsys.OpenFile("/f", os.O_RDONLY|os.O_CREATE, 0o644)
		return with(f, err, func(f afero.File) error {
			return wants(errOf(f.WriteString("x")), syscall.EBADF)
		})
	}},
	{shows: "O_WRONLY does not read", thread: "53", check: func(fsys afero.Fs) error {
		f, err := fsys.OpenFile("/f", os.O_WRONLY|os.O_CREATE, 0o644)
		return with(f, err, func(f afero.File) error {
			return wants(errOf(f.Read(make([]byte, 1))), syscall.EBADF)
		})
	}},
	{shows: "a seek before the start fails", thread: "654", check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			wants(errOf(f.Seek(-1, io.SeekStart)), syscall.EINVAL),
			wants(errOf(f.Seek(-6, io.SeekEnd)), syscall.EINVAL),
			reads(f, "12345"),
		)
	})},
	{shows: "ReadAt before the start fails", thread: "654", check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			fails("ReadAt(-1)", errOf(f.ReadAt(make([]byte, 1), -1))),
			reads(f, "12345"),
		)
	})},
	{shows: "WriteAt before the start fails", thread: "654", check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			fails("WriteAt(-1)", errOf(f.WriteAt([]byte("x"), -1))),
			reads(f, "12345"),
		)
	})},
	{shows: "a read past the end is io.EOF", thread: "412 152", check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			wants(errOf(f.ReadAt(make([]byte, 1), 100)), io.EOF),
			errOf(f.Seek(100, io.SeekStart)),
			wants(errOf(f.Read(make([]byte, 1))), io.EOF),
		)
	})},
	{shows: "a ReadAt cut short is io.EOF", thread: "292 365", check: onFile("12345", func(f afero.File) error {
		n, err := f.ReadAt(make([]byte, 10), 3)
		return errors.Join(wants(err, io.EOF), equal("the length", n, 2))
	})},
	{shows: "ReadAt leaves the offset alone", thread: "433", right: true, check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			errOf(f.ReadAt(make([]byte, 2), 2)),
			reads(f, "12345"),
		)
	})},
	{shows: "WriteAt leaves the offset alone", thread: "433", check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			errOf(f.WriteAt([]byte("xx"), 2)),
			reads(f, "12xx5"),
		)
	})},
	{shows: "WriteAt inside keeps the tail", thread: "286 172 263", right: true, check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			errOf(f.WriteAt([]byte("x"), 1)),
			errOf(f.Seek(0, io.SeekStart)),
			reads(f, "1x345"),
		)
	})},
	{shows: "an empty write past the end does not grow", thread: "662", check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			errOf(f.Seek(10, io.SeekStart)),
			errOf(f.Write(nil)),
			hasSize(f, 5),
		)
	})},
	{shows: "Truncate keeps the offset", thread: "235", right: true, check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			errOf(f.Seek(4, io.SeekStart)),
			f.Truncate(1),
			errOf(f.WriteString("x")),
			errOf(f.Seek(0, io.SeekStart)),
			reads(f, "1\x00\x00\x00x"),
		)
	})},
	{shows: "a huge Truncate does not panic", check: onFile("12345", func(f afero.File) error {
		const huge = 1 << 62
		if f.Truncate(huge) == nil { // a sparse file
			return hasSize(f, huge)
		}
		return hasSize(f, 5)
	})},
	{shows: "a huge WriteAt does not panic", check: onFile("12345", func(f afero.File) error {
		return errors.Join(
			fails("WriteAt past the largest offset", errOf(f.WriteAt([]byte("xx"), math.MaxInt64))),
			hasSize(f, 5),
		)
	})},
	{shows: "each open has its own offset", thread: "54", right: true, check: func(fsys afero.Fs) error {
		err := put(fsys, "/f", "12345")
		if err != nil {
			return err
		}
		a, err := fsys.Open("/f")
		return with(a, err, func(a afero.File) error {
			b, err := fsys.Open("/f")
			return with(b, err, func(b afero.File) error {
				return errors.Join(
					errOf(a.Seek(3, io.SeekStart)),
					reads(b, "12345"),
					reads(a, "45"),
				)
			})
		})
	}},
	{shows: "create of an existing name keeps the inode", check: func(fsys afero.Fs) error {
		old, err := fsys.Create("/f")
		return with(old, err, func(old afero.File) error {
			return errors.Join(
				errOf(old.WriteString("old")),
				opened(fsys.Create("/f")),
				hasSize(old, 0),
			)
		})
	}},
	{shows: "the name of an open file outlives a rename", thread: "327", check: func(fsys afero.Fs) error {
		f, err := fsys.Create("/a")
		return with(f, err, func(f afero.File) error {
			return errors.Join(
				fsys.Rename("/a", "/b"),
				equal("Name", f.Name(), "/a"),
			)
		})
	}},
	{shows: "a second Close is fs.ErrClosed", thread: "567", check: func(fsys afero.Fs) error {
		f, err := fsys.Create("/f")
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), wants(f.Close(), fs.ErrClosed))
	}},
	{shows: "a closed file does nothing", thread: "659 166", check: func(fsys afero.Fs) error {
		f, err := fsys.Create("/f")
		if err != nil {
			return err
		}
		return errors.Join(
			f.Close(),
			fails("Stat", errOf(f.Stat())),
			fails("Sync", f.Sync()),
			fails("Readdir", errOf(f.Readdir(-1))),
		)
	}},
	{shows: "a read of a closed file is fs.ErrClosed", check: func(fsys afero.Fs) error {
		f, err := fsys.Create("/f")
		if err != nil {
			return err
		}
		return errors.Join(
			f.Close(),
			wants(errOf(f.Read(make([]byte, 1))), fs.ErrClosed),
			wants(errOf(f.Write([]byte("x"))), fs.ErrClosed),
		)
	}},
	{shows: "entries may go while a directory is read", thread: "261", check: func(fsys afero.Fs) error {
		const entries, page = 20, 7
		for i := range entries {
			if err := put(fsys, "/f"+strconv.Itoa(i), ""); err != nil {
				return err
			}
		}
		dir, err := fsys.Open("/")
		if err != nil {
			return err
		}
		for seen := 0; ; { // the page that was read is removed before the next
			names, err := dir.Readdirnames(page)
			if errors.Is(err, io.EOF) {
				return errors.Join(dir.Close(), equal("the number of entries", seen, entries), lists(fsys, "/"))
			}
			if err != nil {
				return err
			}
			for _, name := range names {
				if err := fsys.Remove("/" + name); err != nil {
					return err
				}
			}
			seen += len(names)
		}
	}},
	{shows: "a seek to the start rewinds a directory", check: func(fsys afero.Fs) error {
		err := put(fsys, "/f", "")
		if err != nil {
			return err
		}
		dir, err := fsys.Open("/")
		return with(dir, err, func(dir afero.File) error {
			first, err1 := dir.Readdirnames(-1)
			_, err2 := dir.Seek(0, io.SeekStart)
			again, err3 := dir.Readdirnames(-1)
			return errors.Join(err1, err2, err3, equal("the second listing", fmt.Sprint(again), fmt.Sprint(first)))
		})
	}},
	{shows: "an open file is io.ReaderFrom and io.WriterTo", thread: "498", check: func(fsys afero.Fs) error {
		f, err := fsys.Create("/f")
		return with(f, err, func(f afero.File) error {
			_, from := f.(io.ReaderFrom)
			_, to := f.(io.WriterTo)
			return errors.Join(equal("io.ReaderFrom", from, true), equal("io.WriterTo", to, true))
		})
	}},
}

// onFile is a check on an open file /f with this content, offset 0.
func onFile(content string, check func(f afero.File) error) func(afero.Fs) error {
	return func(fsys afero.Fs) error {
		if err := put(fsys, "/f", content); err != nil {
			return err
		}
		f, err := fsys.OpenFile("/f", os.O_RDWR, 0)
		return with(f, err, check)
	}
}

func hasSize(f afero.File, size int64) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return equal("the size", info.Size(), size)
}
