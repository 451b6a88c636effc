package main

import (
	"bytes"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
)

const (
	config     = "/etc/app/config.json"
	oldContent = `{"port": 80}`
	newContent = `{"port": 8080, "host": "localhost"}`
)

// writer is a program that is to make newContent the content of config.
type writer func(fsys afero.Fs) error

func atomic(fsys afero.Fs) error {
	var stderr bytes.Buffer
	if run(fsys, []string{config}, strings.NewReader(newContent), &stderr) != 0 {
		return errors.New(stderr.String())
	}
	return nil
}

// naive writes in place, as most programs do.
func naive(fsys afero.Fs) error { return afero.WriteFile(fsys, config, []byte(newContent), 0o644) }

// left is what a program leaves.
type left struct {
	content string
	names   []string // of all files in the directory
	err     error    // that the program said
	met     bool     // it has met the fault
}

func (l left) isWhole() bool { return l.content == oldContent || l.content == newContent }

// runWith runs a program that is to replace a config, with a fault.
func runWith(t *testing.T, fault *faults.Fault, program writer, opts ...tempfs.Option) left {
	t.Helper()
	fsys := tempfs.Test(t, append(opts, tempfs.WithHook(fault.Hook))...)
	require.NoError(t, fsys.MkdirAll("/etc/app", 0o755))
	require.NoError(t, afero.WriteFile(fsys, config, []byte(oldContent), 0o644))

	l := left{err: fault.Run(func() error { return program(fsys) }), met: fault.Met()}

	content, err := afero.ReadFile(fsys, config)
	require.NoError(t, err, fault)
	l.content = string(content)
	infos, err := afero.ReadDir(fsys, "/etc/app")
	require.NoError(t, err, fault)
	for _, info := range infos {
		l.names = append(l.names, info.Name())
	}
	return l
}

// eachBackend are the disk, memory, and memory that spills all.
func eachBackend(t *testing.T, fn func(t *testing.T, opts ...tempfs.Option)) {
	t.Helper()
	t.Run("disk", func(t *testing.T) { fn(t) })
	t.Run("memory", func(t *testing.T) { fn(t, tempfs.InMemory()) })
	t.Run("spill", func(t *testing.T) { fn(t, tempfs.SpillOver(0)) })
}

// errnos are faults of a disk.
var errnos = []error{syscall.ENOSPC, syscall.EIO, syscall.EDQUOT}

// TestEachOperationFails once: the config is the old or the new, and nothing is beside it.
func TestEachOperationFails(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for _, errno := range errnos {
			rounds := 0
			for fault := range faults.Every(errno) {
				l := runWith(t, fault, atomic, opts...)
				require.True(t, l.isWhole(), "%v: %q", fault, l.content)
				require.Equal(t, []string{"config.json"}, l.names, fault)
				require.Equal(t, l.met, l.err != nil, fault)
				if l.err == nil {
					require.Equal(t, newContent, l.content)
				}
				rounds++
			}
			require.Equal(t, 9, rounds) // create, write, sync, close, rename; open, sync and close of the directory; none
		}
	})
}

// TestDiskStaysFull: what needs room fails from some operation on, and what makes room does not.
func TestDiskStaysFull(t *testing.T) {
	needsRoom := faults.On(tempfs.OpCreate, tempfs.OpWrite, tempfs.OpSync, tempfs.OpRename)
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for fault := range faults.FromEvery(syscall.ENOSPC, needsRoom) {
			l := runWith(t, fault, atomic, opts...)
			require.True(t, l.isWhole(), "%v: %q", fault, l.content)
			require.Equal(t, []string{"config.json"}, l.names, fault)
		}
	})
}

// TestProgramIsKilled: from some operation on it does nothing any more. A temporary file may stay, since nobody is left to remove it.
func TestProgramIsKilled(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		temporary := 0
		for fault := range faults.FromEvery(errors.New("killed")) {
			l := runWith(t, fault, atomic, opts...)
			require.True(t, l.isWhole(), "%v: %q", fault, l.content)
			temporary += len(l.names) - 1
		}
		require.Equal(t, 4, temporary) // killed in the write, the sync, the close or the rename
	})
}

// TestNaiveWriterIsFound by the same loop: a config that is neither the old nor the new.
func TestNaiveWriterIsFound(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		var torn []string
		for fault := range faults.Every(syscall.ENOSPC) {
			if l := runWith(t, fault, naive, opts...); !l.isWhole() {
				torn = append(torn, fault.String()+" leaves "+l.content)
			}
		}
		require.Equal(t, []string{
			"fault at operation 2: write /etc/app/config.json: 35 bytes at 0 leaves " + newContent[:17],
		}, torn)
	})
}

func TestUsage(t *testing.T) {
	var stderr bytes.Buffer
	require.Equal(t, 2, run(tempfs.Test(t), nil, nil, &stderr))
	require.Contains(t, stderr.String(), "usage:")
}
