package aferotest

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// Methods that afero.Fs lacks and package os has.
type (
	linker interface {
		Link(oldname, newname string) error
	}
	truncater interface {
		Truncate(name string, size int64) error
	}
	lchowner interface {
		Lchown(name string, uid, gid int) error
	}
)

// able runs op on the filesystem as a T, if it is one.
func able[T any](p *Player, ability string, op func(fs T) string) string {
	if t, ok := p.fs.(T); ok {
		return op(t)
	}
	return Unsupported + ability
}

// The names of abilities, as reports give them.
const (
	abilityLstat    = "Lstat"
	abilitySymlink  = "Symlink"
	abilityReadlink = "Readlink"
	abilityLink     = "Link"
	abilityTruncate = "Truncate"
	abilityLchown   = "Lchown"
	abilityReadFrom = "ReadFrom"
	abilityWriteTo  = "WriteTo"
	abilityReadDir  = "ReadDir"
	abilityFlags    = "O_NOFOLLOW and O_DIRECTORY"
)

var nameVerbs = map[string]verb{
	"create": {[]string{"file", "name"}, func(p *Player, a []string) string {
		f, err := p.fs.Create(a[1])
		return p.keep(a[0], f, err)
	}},
	"open": {[]string{"file", "name", "flags", "mode"}, func(p *Player, a []string) string {
		flags, ok := parseFlags(a[2])
		if !ok {
			return Unsupported + abilityFlags
		}
		f, err := p.fs.OpenFile(a[1], flags, parseMode(a[3]))
		return p.keep(a[0], f, err)
	}},
	"openro": {[]string{"file", "name"}, func(p *Player, a []string) string {
		f, err := p.fs.Open(a[1])
		return p.keep(a[0], f, err)
	}},
	"mkdir": {[]string{"name", "mode"}, func(p *Player, a []string) string {
		return describe(p.fs.Mkdir(a[0], parseMode(a[1])))
	}},
	"mkdirall": {[]string{"name", "mode"}, func(p *Player, a []string) string {
		return describe(p.fs.MkdirAll(a[0], parseMode(a[1])))
	}},
	"remove": {[]string{"name"}, func(p *Player, a []string) string { return describe(p.fs.Remove(a[0])) }},
	// Op and path of os.RemoveAll's errors tell which system call of its own has failed: left out.
	"removeall": {[]string{"name"}, func(p *Player, a []string) string {
		return describeCause("removeall", p.fs.RemoveAll(a[0]))
	}},
	"rename": {[]string{"old", "new"}, func(p *Player, a []string) string { return describe(p.fs.Rename(a[0], a[1])) }},
	"stat":   {[]string{"name"}, func(p *Player, a []string) string { return infoLine(p.fs.Stat(a[0])) }},
	"chmod": {[]string{"name", "mode"}, func(p *Player, a []string) string {
		return describe(p.fs.Chmod(a[0], parseMode(a[1])))
	}},
	"chown": {[]string{"name", "uid", "gid"}, func(p *Player, a []string) string {
		return describe(p.fs.Chown(a[0], int(number(a[1])), int(number(a[2]))))
	}},
	"chtimes": {[]string{"name", "atime", "mtime"}, func(p *Player, a []string) string {
		return describe(p.fs.Chtimes(a[0], parseTime(a[1]), parseTime(a[2])))
	}},
	"lstat": {[]string{"name"}, func(p *Player, a []string) string {
		return able(p, abilityLstat, func(t afero.Lstater) string {
			info, isLstat, err := t.LstatIfPossible(a[0])
			if !isLstat {
				return Unsupported + abilityLstat
			}
			return infoLine(info, err)
		})
	}},
	"symlink": {[]string{"target", "name"}, func(p *Player, a []string) string {
		return able(p, abilitySymlink, func(t afero.Linker) string { return describe(t.SymlinkIfPossible(a[0], a[1])) })
	}},
	"readlink": {[]string{"name"}, func(p *Player, a []string) string {
		return able(p, abilityReadlink, func(t afero.LinkReader) string {
			target, err := t.ReadlinkIfPossible(a[0])
			if err == nil {
				target = "-> " + quote(target)
			}
			return result(target, err)
		})
	}},
	"link": {[]string{"old", "new"}, func(p *Player, a []string) string {
		return able(p, abilityLink, func(t linker) string { return describe(t.Link(a[0], a[1])) })
	}},
	"truncate": {[]string{"name", "size"}, func(p *Player, a []string) string {
		return able(p, abilityTruncate, func(t truncater) string { return describe(t.Truncate(a[0], number(a[1]))) })
	}},
	"lchown": {[]string{"name", "uid", "gid"}, func(p *Player, a []string) string {
		return able(p, abilityLchown, func(t lchowner) string {
			return describe(t.Lchown(a[0], int(number(a[1])), int(number(a[2]))))
		})
	}},
}

// flagNames are the flags of package os, and those of the system that flags_*.go adds.
var flagNames = map[string]int{
	"rdonly": os.O_RDONLY, "wronly": os.O_WRONLY, "rdwr": os.O_RDWR,
	"append": os.O_APPEND, "create": os.O_CREATE, "excl": os.O_EXCL, "sync": os.O_SYNC, "trunc": os.O_TRUNC,
	"nofollow": openNofollow, "directory": openDirectory,
}

// flagLacking stands for a flag that the system does not have.
const flagLacking = -1

// parseFlags reads flags joined by "|". It is false for one that this system lacks.
func parseFlags(s string) (flags int, ok bool) {
	for name := range strings.SplitSeq(s, "|") {
		flag, ok := flagNames[name]
		if !ok {
			panic("unknown flag " + name)
		}
		if flag == flagLacking {
			return 0, false
		}
		flags |= flag
	}
	return flags, true
}

// parseTime reads seconds since 1970; "-" is the zero time, which leaves a time as it is.
func parseTime(s string) time.Time {
	if s == "-" {
		return time.Time{}
	}
	return time.Unix(number(s), 0)
}
