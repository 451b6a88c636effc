package aferotest

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/afero"
)

var treeVerbs = map[string]verb{
	// put makes a file with content, or replaces that of a file.
	"put": {[]string{"name", "text"}, func(p *Player, a []string) string {
		f, err := p.fs.Create(a[0])
		if err != nil {
			return describe(err)
		}
		n, err := f.Write([]byte(a[1]))
		return result(strconv.Itoa(n), errors.Join(err, f.Close()))
	}},
	"cat": {[]string{"name"}, func(p *Player, a []string) string { return p.readAll(a[0]) }},
	"ls": {[]string{"name"}, func(p *Player, a []string) string {
		f, err := p.fs.Open(a[0])
		if err != nil {
			return describe(err)
		}
		names, err := f.Readdirnames(-1)
		line := listLine(names, -1, err)
		if err := f.Close(); err != nil {
			line += ", " + describe(err)
		}
		return line
	}},
	"tree": {nil, func(p *Player, _ []string) string { return tree(p.fs) }},
}

// Snapshot returns the whole tree of fs as text, a line for each file: its path, mode, size, time if it was set, and the content of a file
// or the target of a link. Two filesystems that hold the same have the same.
func Snapshot(fs afero.Fs) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("aferotest: panic: %v", r)
		}
	}()
	return strings.ReplaceAll(tree(fs), "; ", "\n"), nil
}

func tree(fsys afero.Fs) string {
	lines := walk(fsys, "/", nil)
	return strings.Join(lines, "; ")
}

// maxDepth ends the walk of a filesystem that shows a directory in itself.
const maxDepth = 500

func walk(fsys afero.Fs, dir string, lines []string) []string {
	if strings.Count(dir, "/") > maxDepth {
		return append(lines, "too deep: "+quote(dir))
	}
	f, err := fsys.Open(dir)
	if err != nil {
		return append(lines, quote(dir)+" "+describe(err))
	}
	names, err := f.Readdirnames(-1)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return append(lines, quote(dir)+" "+describe(err))
	}
	slices.Sort(names)
	for _, name := range names {
		path := dir + name
		info, err := lstat(fsys, path)
		line := quote(path) + " " + infoLine(info, err)
		switch {
		case err != nil:
			lines = append(lines, line)
		case info.Mode()&fs.ModeSymlink != 0:
			lines = append(lines, line+targetOf(fsys, path))
		case info.IsDir():
			lines = walk(fsys, path+"/", append(lines, line))
		default:
			p := Player{fs: fsys}
			lines = append(lines, line+" "+p.readAll(path))
		}
	}
	return lines
}

func lstat(fsys afero.Fs, name string) (fs.FileInfo, error) {
	if t, ok := fsys.(afero.Lstater); ok {
		info, _, err := t.LstatIfPossible(name)
		return info, err
	}
	return fsys.Stat(name)
}

func targetOf(fsys afero.Fs, name string) string {
	t, ok := fsys.(afero.LinkReader)
	if !ok {
		return ""
	}
	target, err := t.ReadlinkIfPossible(name)
	return " -> " + result(quote(target), err)
}
