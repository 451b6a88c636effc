package unpack

import (
	"context"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// extraction is under way. It makes everything in a directory of its own, the stage, and moves it out of there when the archive has come to its end.
type extraction struct {
	config
	ctx    context.Context
	fs     afero.Fs
	root   *node
	meter  meter
	worker worker // of the goroutine of the caller
	crew   *crew  // others; nil: there are none

	stage     string   // its name; "" before it is made
	spool     string   // a file beside it that could not be removed while it is open; "" usually
	hasLinks  bool     // symbolic ones
	tight     []*node  // directories that get less than their owner needs to work in them, when all is done
	tightened []string // those that have
	placed    []placed

	last struct { // the directory of the last entry: most often it is that of the next
		name  string
		node  *node
		stage string
	}
}

// begin makes the stage.
func (x *extraction) begin() error {
	if err := x.ctx.Err(); err != nil {
		return &Error{Err: err}
	}
	x.worker = worker{x: x, ctx: x.ctx, buffer: make([]byte, bufferSize), tell: x.progress}
	x.meter = meter{limits: x.limits}
	x.last.name, x.last.node = "", x.root
	if err := x.makeStage(); err != nil {
		return &Error{Reason: "in " + quoted(x.dir), Err: err}
	}
	x.last.stage = x.stage
	return nil
}

// add unpacks one entry.
func (x *extraction) add(e *Entry) error {
	if err := x.ctx.Err(); err != nil {
		return named(e.Name, err)
	}
	if err := x.make(e); err != nil {
		return named(e.Name, err)
	}
	if x.crew == nil || !e.isFile() { // or the crew tells when it has done it
		x.complete(e.Name)
	}
	return nil
}

func (x *extraction) complete(name string) {
	x.meter.completed++
	x.progress(name)
}

func (x *extraction) progress(name string) {
	if x.onProgress != nil {
		x.onProgress(Progress{Name: name, Entries: x.meter.completed, Bytes: x.meter.written()})
	}
}

func (x *extraction) make(e *Entry) error {
	if err := x.meter.entry(); err != nil {
		return err
	}
	name, err := x.limits.cleanName(e.Name)
	if err != nil {
		return err
	}
	isDir := e.Mode.Type() == fs.ModeDir
	if !isDir && (name == "" || strings.HasSuffix(e.Name, "/")) {
		return refuse(ErrUnsafePath, "it is the name of a directory")
	}
	if isDir {
		return x.directory(name, e)
	}
	dir, base := "", name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		dir, base = name[:i], name[i+1:]
	}
	if err = x.enter(dir, false); err != nil {
		return err
	}
	n, err := x.claim(x.last.node, base, x.last.stage+"/"+base)
	if err != nil {
		return err
	}
	kind := e.kindOf()
	switch {
	case kind&x.skipped != 0 || kind == Specials:
		return x.leaveOut(n, e, kind)
	case kind == SymbolicLinks:
		return x.symbolicLink(n, e)
	case kind == HardLinks:
		return x.hardLink(n, e.Linkname, x.last.stage+"/"+base)
	}
	n.kind = regular
	if x.crew != nil {
		return x.crew.hand(job{*e, x.last.stage + "/" + base})
	}
	return x.worker.file(e, x.last.stage+"/"+base)
}

// key is under what a directory has a name.
func (x *extraction) key(name string) string {
	if x.caseSensitive {
		return name
	}
	return fold(name)
}

// claim takes the name in a directory for something that is none. What was there under it is removed if the last one wins.
func (x *extraction) claim(in *node, name, stage string) (*node, error) {
	key := x.key(name)
	there := in.children[key]
	switch {
	case there == nil:
		n := &node{name: strings.Clone(name), parent: in} // the name of the entry may be long
		in.children[key] = n
		return n, nil
	case there.name != name:
		return nil, refuse(ErrDuplicate, "it differs only by case from %s", quoted(there.name))
	case there.kind == directory || !x.lastWins:
		return nil, refuse(ErrDuplicate, "it is %s already", there.kind)
	case there.kind == regular:
		if err := x.fs.Remove(stage); err != nil {
			return nil, err
		}
	}
	*there = node{name: there.name, parent: in}
	return there, nil
}

// enter makes the directory of that clean name, with its parents, the last one. It is the name of the entry itself, or of what it is in.
func (x *extraction) enter(name string, itself bool) error {
	if name == x.last.name {
		return nil
	}
	in, stage := x.root, x.stage
	for part := range strings.SplitSeq(name, "/") {
		if name == "" {
			break
		}
		stage += "/" + part
		there := in.children[x.key(part)]
		switch {
		case there == nil:
			if err := x.meter.entry(); err != nil {
				return err
			}
			if err := x.fs.Mkdir(stage, stageMode|directoryMode); err != nil {
				return err
			}
			there = newDirectory(strings.Clone(part), in)
			in.children[x.key(there.name)] = there
		case there.kind != directory && itself && len(stage) == len(x.stage)+1+len(name):
			return refuse(ErrDuplicate, "it is %s already", there.kind)
		case there.kind != directory:
			return refuse(ErrUnsafePath, "it is below %s, which is %s", quoted(there.name), there.kind)
		case there.name != part:
			return refuse(ErrDuplicate, "%s differs only by case from %s", quoted(part), quoted(there.name))
		}
		in = there
	}
	x.last.name, x.last.node, x.last.stage = strings.Clone(name), in, stage
	return nil
}

// directory makes a directory, or has one that is there take the mode and the time of its entry. The root is as the user made it.
func (x *extraction) directory(name string, e *Entry) error {
	if name == "" {
		return nil
	}
	x.meter.entries-- // enter counts it again, if it is new
	before := x.meter.entries
	if err := x.enter(name, true); err != nil {
		return err
	}
	x.meter.entries = max(x.meter.entries, before+1)
	n := x.last.node
	n.asked, n.mode, n.modTime = true, e.Mode.Perm()&directoryMode, e.ModTime
	return nil
}

// What is kept of modes, and what directories have while they are filled: nobody else comes in through the stage.
const (
	fileMode      fs.FileMode = 0o755
	directoryMode fs.FileMode = 0o755
	stageMode     fs.FileMode = 0o700
)

// setTime sets the time of modification, if it is known and an int64 of nanoseconds can hold it, as most systems want.
func (x *extraction) setTime(name string, t time.Time) error {
	if t.IsZero() || t.Year() < 1678 || t.Year() > 2261 {
		return nil
	}
	return x.fs.Chtimes(name, t, t)
}

// leaveOut makes nothing but the name known.
func (x *extraction) leaveOut(n *node, e *Entry, kind Kind) error {
	if kind&x.skipped == 0 {
		return refuse(ErrSpecial, "%s", e.Mode.Type())
	}
	n.kind = skipped
	if x.onSkip != nil {
		x.onSkip(e.Name, kind)
	}
	return nil
}
