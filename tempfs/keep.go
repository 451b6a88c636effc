package tempfs

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// KeepPolicy says whether the tree of an Fs outlives it.
type KeepPolicy int

// The policies. For KeepOnFailure [Test] knows that the test has failed, and [With] that its function did not return nil; of an Fs that [New] made alone
// nobody knows, and its tree goes.
const (
	KeepNever     KeepPolicy = iota // the default
	KeepOnFailure                   // it stays if the work in it failed
	KeepAlways                      // it stays
)

// keepNames are the words of keepVariable.
var keepNames = [...]string{KeepNever: "never", KeepOnFailure: "failure", KeepAlways: "always"}

// String is the word for it that $TEMPFS_KEEP takes.
func (k KeepPolicy) String() string {
	if k < 0 || int(k) >= len(keepNames) {
		return fmt.Sprintf("KeepPolicy(%d)", int(k))
	}
	return keepNames[k]
}

// defaultKeepLast is that of [KeepLast].
const defaultKeepLast = 3

// Keep leaves the tree of an Fs on the host when the Fs ends, always or if the work in it failed. Its release then deletes nothing: it
// makes the directory, whose mode becomes 05700, one that no [Sweep] takes, and whose owner removes it, or [KeepLast]. A tree in memory, or in a file of [SpillOver], is copied to a directory that
// [New] would make: what can be read of it, without owners.
//
// Where it is [Test] logs, with a list of what is in it, the error of [With] says, and else log/slog is told. The environment variable TEMPFS_KEEP, one of never, failure and
// always, wins over the option in Test and [Each]. Such a tree is not kept if its Fs became garbage unreleased.
func Keep(k KeepPolicy) Option { return option(func(c *config) { c.keep = k }) }

// KeepLast lets n kept trees stay, the default is 3: when another one is kept, the oldest go of those in the same directory with the same [Prefix] and [Suffix]. In
// [Test] that are those of the same test. With an n below 1 all stay, as does one whose mode was changed: chmod 1700 keeps it for good.
func KeepLast(n int) Option { return option(func(c *config) { c.keepLast = n }) }

// KeepArtifacts has [Test] copy what is kept to the test's ArtifactDir, too, which outlives the test if go test was given -artifacts. Where
// there is no such method, before Go 1.26, and outside of Test it does nothing.
func KeepArtifacts() Option { return option(func(c *config) { c.keepArtifacts = true }) }

// keeping says what stays of an Fs.
type keeping struct {
	policy         KeepPolicy
	last           int // how many trees with the same prefix and suffix
	prefix, suffix string
}

func (c *config) keeping() keeping { return keeping{c.keep, c.keepLast, c.prefix, c.suffix} }

// removeOlder removes those that were kept before the directory dir and are too many. What cannot go is tried again by the next one.
func (k keeping) removeOlder(dir string) {
	if k.last < 1 {
		return
	}
	base := filepath.Base(dir)
	isKin := func(name []byte) bool {
		return len(name) == len(k.prefix)+randomLen+checkLen+len(k.suffix) && isRootName(name, k.prefix, k.suffix) && string(name) != base
	}
	disk.RemoveKept(filepath.Dir(dir), isKin, k.last-1)
}

// isToBeKept decides at the first release: of what that has begun to delete nothing is kept, and what it has kept is not kept again.
func (f *Fs) isToBeKept() bool {
	if f.decided {
		return false
	}
	f.decided = true
	return f.config.keep == KeepAlways || f.config.keep == KeepOnFailure && f.witness.failed()
}

// keep ends the Fs, which lets nothing in any more, and leaves its tree on the host. One that is not there is copied there; if this fails it is only
// told of.
func (f *Fs) keep() {
	tree := f.inside()
	if f.kind == backendDisk {
		defer f.life.keep()
		f.witness.kept(tree, f.dir, nil)
		return
	}
	defer func() { _ = f.life.delete(context.Background(), nil) }() // memory that cannot fail
	dir, err := tree.copyToHost(f.config)
	if err == nil {
		f.config.keeping().removeOlder(dir)
	}
	f.witness.kept(tree, dir, err)
}

// inside is an Fs of the same tree that a release does not end. It is for use before the tree goes.
func (f *Fs) inside() *Fs {
	in := &Fs{kind: f.kind, config: f.config, gate: newGate()}
	in.hold(f.tree, nil)
	return in
}

// copyToHost makes the directory that an Fs with that config would have on the host, with a copy of everything in f that can be read, and keeps it.
func (f *Fs) copyToHost(c *config) (dir string, err error) {
	parent, err := hostDir(&c.placement)
	if err != nil {
		return "", err
	}
	return f.copyInto(parent, maxNames, func(locked bool) string { return rootName(c.prefix, c.suffix, locked) })
}

// copyInto makes a directory in the directory parent of the host, as [disk.Make] does, with a copy of everything in f that can be read, and keeps it.
func (f *Fs) copyInto(parent string, tries int, name func(locked bool) string) (dir string, err error) {
	tree, err := disk.Make(parent, tries, name)
	if err != nil {
		return "", err
	}
	to := &Fs{kind: backendDisk, gate: newGate()} // nobody else's, and ended with the tree
	to.hold(tree, nil)
	if err := f.copyReadable(to); err != nil {
		_ = tree.Release(context.Background(), nil)
		return "", err
	}
	_ = tree.Keep() // as lifetime.leave
	return tree.Dir(), nil
}

// copyReadable copies what can be read, and is a file, directory or link.
func (f *Fs) copyReadable(to *Fs) error {
	t := newTransfer(opKeep, virtualSource{Fs: f, readableOnly: true}, to, nil)
	return t.copyContent(route{"/", "/"})
}
