package main

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/spf13/afero"
)

const public = "public"

// result is what a build did to public.
type result struct {
	written []string
	removed []string // that had no source any more
	kept    int
}

// build makes public what it should be. A file is written if its time is not that of its newest source: as with make, a source that is exchanged for one with an older time is not always seen, and clean, which builds all, is for that. Each file is whole at every instant;
// what a build that failed has not done, the next one does.
func build(fsys afero.Fs, clean bool) (result, error) {
	plan, err := newPlan(afero.NewIOFS(fsys))
	if err != nil {
		return result{}, err
	}
	if clean {
		if err = fsys.RemoveAll(public); err != nil {
			return result{}, err
		}
	}
	stale := slices.DeleteFunc(slices.Clone(plan.targets), func(t target) bool { return isCurrent(fsys, t) })
	orphans, err := orphans(fsys, plan.targets)
	if err != nil || len(stale) == 0 && len(orphans) == 0 {
		return result{kept: len(plan.targets)}, err
	}
	// The list of pages comes first, whatever it is that has changed. Were it the last, and failed, nothing would tell the next build that it is old.
	if index := plan.targets[0]; len(stale) == 0 || stale[0].path != index.path {
		stale = slices.Insert(stale, 0, index)
	}
	done := result{kept: len(plan.targets) - len(stale)}
	if err := write(fsys, stale[0], &done); err != nil {
		return done, err
	}
	for _, name := range orphans {
		if err := fsys.RemoveAll(name); err != nil {
			return done, err
		}
		done.removed = append(done.removed, name)
	}
	for _, t := range stale[1:] {
		if err := write(fsys, t, &done); err != nil {
			return done, err
		}
	}
	return done, nil
}

// isCurrent reports whether a file is there that was made of the same sources.
func isCurrent(fsys afero.Fs, t target) bool {
	info, err := fsys.Stat(path.Join(public, t.path))
	return err == nil && info.Mode().IsRegular() && info.ModTime().Equal(t.newest)
}

// orphans are all that is in public and should not be: what has lost its source, and temporary files of a build that was killed.
func orphans(fsys afero.Fs, targets []target) ([]string, error) {
	isDir := map[string]bool{public: true}
	for _, t := range targets {
		name := path.Join(public, t.path)
		isDir[name] = false
		for dir := path.Dir(name); dir != public; dir = path.Dir(dir) {
			isDir[dir] = true
		}
	}
	var found []string
	err := fs.WalkDir(afero.NewIOFS(fsys), public, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if dir, isWanted := isDir[name]; isWanted && dir == d.IsDir() {
			return nil
		}
		found = append(found, name)
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return found, err
}

// write renders a file and gives it its name when it is complete. It is not synced, since it can be built again.
func write(fsys afero.Fs, t target, done *result) error {
	content, err := t.render()
	if err != nil {
		return err
	}
	name := path.Join(public, t.path)
	if err = fsys.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	temp, err := afero.TempFile(fsys, path.Dir(name), ".site-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = fsys.Chmod(temp.Name(), 0o644)
	}
	if err == nil {
		err = fsys.Chtimes(temp.Name(), t.newest, t.newest)
	}
	if err == nil {
		err = fsys.Rename(temp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, fsys.Remove(temp.Name()))
	}
	done.written = append(done.written, strings.TrimPrefix(name, public+"/"))
	return nil
}
