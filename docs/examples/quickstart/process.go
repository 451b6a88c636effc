package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"

	"github.com/spf13/afero"
)

// This file stands for your program: it has never heard of tempfs. It reads what is in /in and puts its result into /out.

const resultName = "/out/found.txt"

// findings are what a search came to.
type findings struct {
	lines, files int
	rewritten    string // the first file with the word, which has "DONE" instead now; "" when there is none
}

// process looks for the word in all text files, writes down each line that has it, and replaces it in the first file.
func process(fsys afero.Fs, word string) (findings, error) {
	var found findings
	var lines bytes.Buffer
	err := afero.Walk(fsys, "/in", func(name string, info fs.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		content, err := afero.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		n := search(&lines, name, content, word)
		if n > 0 && found.files == 0 {
			found.rewritten = name
		}
		if n > 0 {
			found.files++
		}
		found.lines += n
		return nil
	})
	if err == nil && found.rewritten != "" {
		err = rewrite(fsys, found.rewritten, word, "DONE")
	}
	if err == nil {
		err = fsys.MkdirAll(path.Dir(resultName), 0o755)
	}
	if err == nil {
		err = afero.WriteFile(fsys, resultName, lines.Bytes(), 0o644)
	}
	return found, err
}

// search writes the lines of content that have the word, as grep does, and counts them. Content with a NUL is no text.
func search(out *bytes.Buffer, name string, content []byte, word string) (found int) {
	if bytes.IndexByte(content, 0) >= 0 {
		return 0
	}
	number := 0
	for line := range bytes.Lines(content) {
		number++
		if bytes.Contains(line, []byte(word)) {
			found++
			fmt.Fprintf(out, "%s:%d: %s\n", name, number, bytes.TrimSpace(line))
		}
	}
	return found
}

// rewrite replaces a word in a file: a new one is written beside it and takes its name, so that no reader sees half of it.
func rewrite(fsys afero.Fs, name, word, other string) (err error) {
	info, err := fsys.Stat(name)
	if err != nil {
		return err
	}
	content, err := afero.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	fresh, err := afero.TempFile(fsys, path.Dir(name), "rewrite-*")
	if err != nil {
		return err
	}
	_, err = fresh.Write(bytes.ReplaceAll(content, []byte(word), []byte(other)))
	if closed := fresh.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = fsys.Chmod(fresh.Name(), info.Mode().Perm())
	}
	if err == nil {
		return fsys.Rename(fresh.Name(), name)
	}
	_ = fsys.Remove(fresh.Name())
	return err
}

// result is what process leaves behind.
func result(fsys afero.Fs) ([]byte, error) { return afero.ReadFile(fsys, resultName) }
