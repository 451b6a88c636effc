package aferotest

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/afero"
)

// Player plays steps on a filesystem. It keeps the files that steps have opened, and infos, by the names that the steps give them.
// It is for one goroutine.
type Player struct {
	fs    afero.Fs
	files map[string]afero.File
	infos map[string]fs.FileInfo
}

// NewPlayer returns a Player for fsys. [Player.Close] closes what it left open.
func NewPlayer(fsys afero.Fs) *Player {
	return &Player{fs: fsys, files: map[string]afero.File{}, infos: map[string]fs.FileInfo{}}
}

// Close closes all files that are open.
func (p *Player) Close() {
	for _, f := range p.files {
		_ = f.Close()
	}
	clear(p.files)
}

// Do plays one step and returns the line that says what came of it. A panic is such a line too, and so is a step that is wrong.
func (p *Player) Do(s Step) (line string) {
	if err := s.check(); err != nil {
		return err.Error()
	}
	defer func() {
		if r := recover(); r != nil {
			line = fmt.Sprintf("panic: %v", r)
		}
	}()
	return verbs[s.Verb].do(p, s.Args)
}

// Unsupported is what Do returns, with the ability that is missing behind it, for a step that needs a method that
// the filesystem or the file does not have.
const Unsupported = "unsupported: "

// verb is what a step can do. args names its arguments; a name says how an argument is read.
type verb struct {
	args []string
	do   func(p *Player, args []string) string
}

var verbs map[string]verb

func init() { // the map refers to functions that refer to it
	verbs = map[string]verb{}
	for _, group := range []map[string]verb{nameVerbs, fileVerbs, treeVerbs, viewVerbs} {
		maps.Copy(verbs, group)
	}
}

// Verbs lists all verbs with the names of their arguments.
func Verbs() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(verbs)) {
		list = append(list, fmt.Sprint(name, " ", verbs[name].args))
	}
	return list
}

// keep puts an opened file into its slot. A file that was there is closed first.
func (p *Player) keep(slot string, f afero.File, err error) string {
	if err != nil {
		if f != nil && !isNil(f) {
			return describe(err) + ", and a file"
		}
		return describe(err)
	}
	if isNil(f) {
		return "no error and no file"
	}
	if old := p.files[slot]; old != nil {
		_ = old.Close()
	}
	p.files[slot] = f
	return "ok"
}

// file runs op on the file in slot. A slot that is empty, since an open has failed, is said to be.
func (p *Player) file(slot string, op func(f afero.File) string) string {
	f := p.files[slot]
	if f == nil {
		return "not open"
	}
	return op(f)
}

// number reads what the parser of a script could not check. Numbers like 0x10 and 0644 are what Go takes them for.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// readOnce reads into a buffer of n bytes.
func readOnce(read func([]byte) (int, error), n int64) string {
	buf := make([]byte, n)
	got, err := read(buf)
	if got < 0 || got > len(buf) {
		return fmt.Sprintf("count %d of %d", got, n)
	}
	if err != nil {
		return contentLine(buf[:got]) + ", " + describe(err)
	}
	return contentLine(buf[:got])
}

func (p *Player) readAll(name string) string {
	f, err := p.fs.Open(name)
	if err != nil {
		return describe(err)
	}
	data, err := io.ReadAll(struct{ io.Reader }{f})
	closed := f.Close()
	switch {
	case err != nil:
		return describe(err)
	case closed != nil:
		return describe(closed)
	}
	return contentLine(data)
}

// parseMode reads an octal mode with the bits of st_mode.
func parseMode(s string) fs.FileMode {
	bits, err := strconv.ParseUint(s, 8, 32)
	if err != nil {
		panic(err)
	}
	mode := fs.FileMode(bits & 0o777)
	for bit, m := range map[uint64]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if bits&bit != 0 {
			mode |= m
		}
	}
	return mode
}
