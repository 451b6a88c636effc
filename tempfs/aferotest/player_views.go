package aferotest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/spf13/afero"
)

// viewVerbs look at many files at once, or at what infos tell beside their methods.
var viewVerbs = map[string]verb{
	// fill makes so many empty files in a directory: 0000, 0001 and so on.
	"fill": {[]string{"name", "count"}, func(p *Player, a []string) string {
		for i := range number(a[1]) {
			f, err := p.fs.Create(fmt.Sprintf("%s/%04d", a[0], i))
			if err == nil {
				err = f.Close()
			}
			if err != nil {
				return describe(err)
			}
		}
		return "ok"
	}},
	// drain lists a directory, count names at a time, and removes those of a page before it asks for the next.
	"drain": {[]string{"name", "count"}, func(p *Player, a []string) string {
		f, err := p.fs.Open(a[0])
		if err != nil {
			return describe(err)
		}
		removed, err := drain(p.fs, f, a[0], int(number(a[1])))
		return listLine(removed, 0, errors.Join(err, f.Close()))
	}},
	// info keeps the FileInfo of a name, and told says what it tells later: it must not have changed with the file.
	"info": {[]string{"info", "name"}, func(p *Player, a []string) string {
		info, err := p.fs.Stat(a[1])
		if err == nil {
			p.infos[a[0]] = info
		}
		return infoLine(info, err)
	}},
	"told": {[]string{"info"}, func(p *Player, a []string) string {
		info := p.infos[a[0]]
		if info == nil {
			return "not kept"
		}
		return infoLine(info, nil)
	}},
	// same tells whether two names are of one file.
	"same": {[]string{"name", "name"}, func(p *Player, a []string) string {
		first, err := lstat(p.fs, a[0])
		if err != nil {
			return describe(err)
		}
		second, err := lstat(p.fs, a[1])
		if err != nil {
			return describe(err)
		}
		return sameLine(first, second)
	}},
	// nlink is the number of names that a file has. That of a directory is its filesystem's own affair.
	"nlink": {[]string{"name"}, func(p *Player, a []string) string {
		return sysLine(p.fs, a[0], func(s sysInfo) string { return strconv.FormatUint(s.nlink, 10) })
	}},
	"owner": {[]string{"name"}, owner},
	"walk": {[]string{"name"}, func(p *Player, a []string) string {
		var lines []string
		err := afero.Walk(p.fs, a[0], func(path string, info fs.FileInfo, err error) error {
			if info != nil && err == nil {
				lines = append(lines, quote(path)+" "+info.Mode().Type().String())
			} else {
				lines = append(lines, quote(path)+" "+describe(err))
			}
			return nil
		})
		return result(strings.Join(lines, "; "), err)
	}},
	"glob": {[]string{"pattern"}, func(p *Player, a []string) string {
		names, err := afero.Glob(p.fs, a[0])
		return listLine(names, 0, err)
	}},
	// iofs runs the tests of package fstest on what io/fs sees of the filesystem.
	"iofs": {nil, func(p *Player, _ []string) string {
		if err := fstest.TestFS(afero.NewIOFS(p.fs)); err != nil {
			return "text: " + complaints(err)
		}
		return "ok"
	}},
}

// complaints leaves out the last part of each line, since it may be the system's text of an errno.
func complaints(err error) string {
	var short []string
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSpace(line)
		if i := strings.LastIndex(line, ": "); i > 0 {
			line = line[:i]
		}
		short = append(short, line)
	}
	return strings.Join(short, "; ")
}

// owner tells owner and group; "-" for those that the root has, which is whoever runs the test.
func owner(p *Player, a []string) string {
	root, err := lstat(p.fs, "/")
	if err != nil {
		return describe(err)
	}
	runner, _ := sysOf(root)
	id := func(id, whose uint32) string {
		if id == whose {
			return "-"
		}
		return strconv.FormatUint(uint64(id), 10)
	}
	return sysLine(p.fs, a[0], func(s sysInfo) string {
		return "uid " + id(s.uid, runner.uid) + " gid " + id(s.gid, runner.gid)
	})
}

func drain(fsys afero.Fs, f afero.File, dir string, count int) (removed []string, err error) {
	for range 10000 {
		var names []string
		names, err = f.Readdirnames(count)
		for _, name := range names {
			if stays := fsys.Remove(dir + "/" + name); stays != nil {
				return removed, stays
			}
		}
		removed = append(removed, names...)
		if errors.Is(err, io.EOF) || err == nil && len(names) == 0 {
			return removed, nil
		}
		if err != nil {
			return removed, err
		}
	}
	return removed, errors.New("no end")
}

// The names of abilities that infos have or lack.
const (
	abilitySameFile = "SameFile"
	abilitySys      = "Sys"
)

// sameLine asks os.SameFile, which knows its own infos alone, and otherwise a method that infos of others may have.
func sameLine(a, b fs.FileInfo) string {
	if os.SameFile(a, a) {
		return strconv.FormatBool(os.SameFile(a, b))
	}
	if t, ok := a.(interface{ SameFile(other fs.FileInfo) bool }); ok {
		return strconv.FormatBool(t.SameFile(b))
	}
	return Unsupported + abilitySameFile
}

// sysInfo is what FileInfo.Sys tells on Unix.
type sysInfo struct {
	nlink    uint64
	uid, gid uint32
}

func sysLine(fsys afero.Fs, name string, tell func(sysInfo) string) string {
	info, err := lstat(fsys, name)
	if err != nil {
		return describe(err)
	}
	s, ok := sysOf(info)
	if !ok {
		return Unsupported + abilitySys
	}
	return tell(s)
}
