// Deny runs a command to which the kernel denies system calls, as one that has none of them: they fail with ENOSYS, in it and in all that it starts.
//
//	deny openat2 -- command arguments...
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// numbers are those of the calls that can be denied.
var numbers = map[string]uint32{
	"fchmodat2": unix.SYS_FCHMODAT2,
	"openat2":   unix.SYS_OPENAT2,
	"statx":     unix.SYS_STATX,
}

// auditArch is that of this machine: numbers mean other calls under another one, see seccomp(2).
var auditArch = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]

func main() {
	runtime.LockOSThread() // a filter is of a thread until its process runs another program
	fmt.Fprintln(os.Stderr, "deny:", run(os.Args[1:]))
	os.Exit(125) //nolint:forbidigo // a program of its own
}

// run returns if it fails.
func run(arguments []string) error {
	end := slices.Index(arguments, "--")
	if end < 1 || end+1 == len(arguments) {
		return errors.New("usage: deny CALL... -- COMMAND [ARGUMENT...]")
	}
	var calls []uint32
	for _, name := range arguments[:end] {
		call, ok := numbers[name]
		if !ok {
			return errors.New("no call of that name is known here: " + name)
		}
		calls = append(calls, call)
	}
	command := arguments[end+1:]
	path := command[0]
	if !strings.Contains(path, "/") {
		var err error
		if path, err = exec.LookPath(path); err != nil {
			return err
		}
	}
	if err := deny(calls); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", path, unix.Exec(path, command, os.Environ()))
}

// deny lets the calls fail from now on, and proves it.
func deny(calls []uint32) error {
	if auditArch == 0 {
		return errors.New("no filter for this machine")
	}
	program := filter(calls)
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	loaded := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&loaded)))
	runtime.KeepAlive(program)
	if errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	for _, call := range calls {
		if _, _, errno := unix.Syscall6(uintptr(call), ^uintptr(0), 0, 0, 0, 0, 0); errno != unix.ENOSYS {
			return fmt.Errorf("call %d fails with %w all the same", call, errno)
		}
	}
	return nil
}

// filter is the program for the kernel. What it reads is a struct seccomp_data: the number is at 0, the architecture at 4.
func filter(calls []uint32) []unix.SockFilter {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	compare := func(value uint32, whenEqual, whenNot uint8) unix.SockFilter { // how many to skip
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: value, Jt: whenEqual, Jf: whenNot}
	}
	answer := func(action uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
	}
	program := []unix.SockFilter{load(4), compare(auditArch, 1, 0), answer(unix.SECCOMP_RET_ALLOW), load(0)}
	for _, call := range calls {
		program = append(program, compare(call, 0, 1), answer(unix.SECCOMP_RET_ERRNO|uint32(unix.ENOSYS)))
	}
	return append(program, answer(unix.SECCOMP_RET_ALLOW))
}
