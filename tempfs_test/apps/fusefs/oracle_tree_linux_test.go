package fusefs_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// longAgo is when the times begin that calls set. What has such a time has not been changed since.
var longAgo = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)

// stated is what every filesystem says alike of a file. The size of a directory is its own affair, as is a time that nobody set.
func stated(s *syscall.Stat_t) string {
	size, mtime := s.Size, "now"
	if s.Mode&syscall.S_IFMT == syscall.S_IFDIR {
		size = 0
	}
	if t := time.Unix(s.Mtim.Unix()); t.Before(longAgo.AddDate(1, 0, 0)) {
		mtime = t.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprintf("%o %d:%d links %d size %d mtime %s", s.Mode, s.Uid, s.Gid, s.Nlink, size, mtime)
}

// shown are the n bytes that were read, if any.
func shown(p []byte, n int) string {
	if n <= 0 {
		return "nothing"
	}
	p = p[:n]
	return fmt.Sprintf("%d %q..%q %x", n, p[0], p[n-1], sha256.Sum256(p))
}

// describe tells all of a tree: what is stated of each file, its content, and which names are of one file.
func describe(dir string) string {
	var told strings.Builder
	first := map[uint64]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		stat := info.Sys().(*syscall.Stat_t)
		if name == "." {
			stat = &syscall.Stat_t{Nlink: stat.Nlink}
		}
		if first[stat.Ino] == "" {
			first[stat.Ino] = name
		}
		fmt.Fprintf(&told, "%.20s %s, is %.20s, %s\n", name, stated(stat), first[stat.Ino], content(path, info))
		return nil
	})
	if err != nil {
		return told.String() + err.Error()
	}
	return told.String()
}

// content is a hash of a file, of which one that is very long has only holes at its end, or the target of a link.
func content(path string, info fs.FileInfo) string {
	switch {
	case info.Mode().Type() == fs.ModeSymlink:
		target, err := os.Readlink(path)
		return answer(err, target)
	case info.Mode().IsRegular():
		file, err := os.Open(path)
		if err != nil {
			return err.Error()
		}
		defer file.Close()
		p := make([]byte, 100_000)
		n, _ := file.ReadAt(p, 0)
		end := make([]byte, 10_000)
		m, _ := file.ReadAt(end, max(0, info.Size()-int64(len(end))))
		return shown(bytes.Join([][]byte{p[:n], end[:m]}, nil), n+m)
	}
	return ""
}
