package main

import (
	"io/fs"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
	"github.com/aferotemp/go/tempfs/fixture"
)

// builtIn is the configuration of a machine without files.
var builtIn = config{Listen: "localhost:8080", Timeout: 30 * time.Second, Log: logConfig{Level: "info"}}

// with changes a copy of builtIn.
func with(change func(*config)) config {
	c := builtIn
	change(&c)
	return c
}

// machine is a tree with these two files; "" is none.
func machine(etc, user string) fixture.Tree {
	tree := fixture.Tree{}
	if etc != "" {
		tree[machineFile[1:]] = etc
	}
	if user != "" {
		tree[userFile[1:]] = user
	}
	return tree
}

func TestEachLayerIsOverTheOneBefore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files       fixture.Tree
		environment map[string]string
		want        config
	}{
		"nothing":           {want: builtIn},
		"empty files":       {files: fixture.Tree{machineFile[1:]: "", userFile[1:]: "# nothing\n"}, want: builtIn},
		"the machine":       {files: machine("timeout: 5s", ""), want: with(func(c *config) { c.Timeout = 5 * time.Second })},
		"the user":          {files: machine("", "listen: ':80'"), want: with(func(c *config) { c.Listen = ":80" })},
		"user over machine": {files: machine("listen: ':80'", "listen: ':81'"), want: with(func(c *config) { c.Listen = ":81" })},
		"two that meet in one section": {
			files: machine("log: {level: debug, file: /var/log/greeter}", "log: {level: warn}"),
			want:  with(func(c *config) { c.Log = logConfig{"warn", "/var/log/greeter"} }),
		},
		"the environment over all": {
			files: machine("log: {level: debug}", "log: {level: warn}"), environment: map[string]string{"GREETER_LOG_LEVEL": "error"},
			want: with(func(c *config) { c.Log.Level = "error" }),
		},
		"an empty variable is none": {environment: map[string]string{"GREETER_LISTEN": ""}, want: builtIn},
		"keys of any case":          {files: machine("LISTEN: ':80'", ""), want: with(func(c *config) { c.Listen = ":80" })},
		"a file that is a link": {
			files: fixture.Tree{"home/anna/dotfiles/greeter.yaml": "listen: ':80'", userFile[1:]: fixture.Link("../../dotfiles/greeter.yaml")},
			want:  with(func(c *config) { c.Listen = ":80" }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				fixture.Build(t, fsys, c.files)
				got, err := on(fsys, c.environment).load()
				require.NoError(t, err)
				require.Equal(t, c.want, got)
			})
		})
	}
}

// TestWhatIsWrongIsNamed: the file, or the environment, and what it is.
func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files       fixture.Tree
		environment map[string]string
		says        []string
	}{
		"no YAML":                {files: machine("listen: [", ""), says: []string{machineFile, "yaml"}},
		"cut short":              {files: machine("", "log:\n  level: \"wa"), says: []string{userFile, "yaml"}},
		"binary":                 {files: machine("\x7fELF\x00\x01", ""), says: []string{machineFile, "yaml"}},
		"no mapping":             {files: machine("- listen", ""), says: []string{machineFile, "cannot unmarshal"}},
		"unknown setting":        {files: machine("", "log: {colour: red}"), says: []string{userFile, `"log.colour"`}},
		"type":                   {files: machine("timeout: soon", ""), says: []string{machineFile, "Timeout"}},
		"value":                  {files: machine("", "timeout: -1s"), says: []string{userFile, "timeout"}},
		"environment":            {environment: map[string]string{"GREETER_LISTEN": "80"}, says: []string{"environment", "listen"}},
		"a directory":            {files: fixture.Tree{machineFile[1:] + "/": nil}, says: []string{machineFile, "is a directory"}},
		"a file on the way":      {files: fixture.Tree{"etc/greeter": "hello"}, says: []string{machineFile, "not a directory"}},
		"a link to itself":       {files: fixture.Tree{userFile[1:]: fixture.Link("config.yaml")}, says: []string{userFile, "too many levels"}},
		"bad below what is good": {files: machine("listen: [", "listen: ':80'"), says: []string{machineFile}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				fixture.Build(t, fsys, c.files)
				got, err := on(fsys, c.environment).load()
				require.Error(t, err)
				require.Zero(t, got)
				for _, part := range c.says {
					require.ErrorContains(t, err, part)
				}
			})
		})
	}
}

// TestWhatCannotBeReadIsNotMissing, whatever the disk says, for each file.
func TestWhatCannotBeReadIsNotMissing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{machineFile, userFile} {
		for _, errno := range []syscall.Errno{syscall.EACCES, syscall.EIO, syscall.EMFILE} {
			for _, kind := range []tempfs.OpKind{tempfs.OpOpen, tempfs.OpRead} {
				fault := faults.Fail(errno, faults.On(kind), faults.Path(name))
				tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
					fixture.Build(t, fsys, machine("listen: ':80'", "timeout: 1s"))
					_, err := on(fsys, nil).load()
					require.ErrorIs(t, err, errno, kind)
					require.ErrorContains(t, err, name)
				}, tempfs.WithHook(fault))
			}
		}
	}
}

// TestPermissionDenied is for whomever it is denied: root reads all.
func TestPermissionDenied(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{machineFile[1:]: fixture.File{Data: "listen: ':80'", Mode: fixture.NoPermissions}})
		_, denied := afero.ReadFile(fsys, machineFile)
		_, err := on(fsys, nil).load()
		require.Equal(t, denied != nil, err != nil)
		if denied != nil {
			require.ErrorIs(t, err, fs.ErrPermission)
		}
	})
}
