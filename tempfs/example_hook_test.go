package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

// A hook sees what a program does.
func ExampleWithHook() {
	fsys, _ := tempfs.New(tempfs.WithHook(func(op tempfs.Op) error {
		fmt.Println(op)
		return nil
	}))
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "greeting.txt", []byte("hello"), 0o644)
	_ = fsys.Rename("greeting.txt", "/hello.txt")
	// Output:
	// create greeting.txt
	// write greeting.txt: 5 bytes at 0
	// close greeting.txt
	// rename greeting.txt to /hello.txt
}

// And it may stop it: this clone can be read and not be changed.
func ExampleWithHook_readOnly() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "f", []byte("content"), 0o644)

	readOnly := func(op tempfs.Op) error {
		switch op.Kind {
		case tempfs.OpOpen, tempfs.OpRead, tempfs.OpReadDir, tempfs.OpReadlink, tempfs.OpStat, tempfs.OpLstat, tempfs.OpSeek, tempfs.OpClose, tempfs.OpSub:
			return nil
		default:
			return syscall.EROFS
		}
	}
	frozen, _ := fsys.Clone(tempfs.WithHook(readOnly))
	defer frozen.Release()

	content, err := afero.ReadFile(frozen, "f")
	fmt.Println(string(content), err)
	err = frozen.Remove("f")
	fmt.Println(errors.Is(err, syscall.EROFS))
	// Output:
	// content <nil>
	// true
}

// The third of five bytes meets the end of the disk.
func ExampleShortWrite() {
	fsys, _ := tempfs.New(tempfs.InMemory(), tempfs.WithHook(func(op tempfs.Op) error {
		if op.Kind == tempfs.OpWrite {
			return &tempfs.ShortWrite{N: 2, Err: syscall.ENOSPC}
		}
		return nil
	}))
	defer fsys.Release()
	f, _ := fsys.Create("f")
	n, err := f.Write([]byte("hello"))
	fmt.Println(n, errors.Is(err, syscall.ENOSPC))
	content, _ := fs.ReadFile(fsys.IOFS(), "f")
	fmt.Printf("%s\n", content)
	// Output:
	// 2 true
	// he
}
