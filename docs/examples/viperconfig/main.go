// Viperconfig is a program that is configured in layers, with viper: what is built in, the file of the machine, that of the user, the environment. Without arguments it prints what that comes
// to; with two it saves a setting of the user.
//
//	viperconfig [KEY VALUE]
//
// Its tests are what it is here for. Viper reads and writes by an afero.Fs, so each test has a machine of its own: a tree of files, on every backend. They run in parallel, touch no real /etc or home, and make each operation
// of the save fail once. It is a module of its own, since the library does not need viper.
//
// What it does not do: watch the files.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/afero"
	"go.yaml.in/yaml/v3"
)

func main() {
	home, err := os.UserHomeDir()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "viperconfig:", err)
		os.Exit(1)
	}
	l := layers{fsys: afero.NewOsFs(), home: filepath.ToSlash(home), getenv: os.Getenv}
	os.Exit(run(l, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program with these layers, and returns its status.
func run(l layers, args []string, stdout, stderr io.Writer) int {
	var err error
	switch len(args) {
	case 0:
		err = show(l, stdout)
	case 2:
		err = l.save(args[0], args[1])
	default:
		_, _ = fmt.Fprintln(stderr, "usage: viperconfig [KEY VALUE]")
		return 2
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "viperconfig:", err)
		return 1
	}
	return 0
}

func show(l layers, stdout io.Writer) error {
	c, err := l.load()
	if err != nil {
		return err
	}
	text, err := yaml.Marshal(c)
	if err != nil {
		return err
	}
	_, err = stdout.Write(text)
	return err
}
