package aferotest

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// onOwnThread runs fn on a thread that ends with it. It is not the main one, which outlives its goroutines and is what /proc/self
// shows.
func onOwnThread(fn func()) {
	runtime.LockOSThread()
	if syscall.Gettid() != os.Getpid() {
		fn()
		return // never unlocked
	}
	done := make(chan struct{})
	go func() { // elsewhere, since this goroutine has the main thread
		defer close(done)
		onOwnThread(fn)
	}()
	<-done
	runtime.UnlockOSThread()
}

// enterRoot puts the calling thread, and no other, into a chroot. Linux keeps root and working directory for each thread that
// has left CLONE_FS.
func enterRoot(dir string) error {
	if err := syscall.Unshare(syscall.CLONE_FS); err != nil {
		return errors.Join(ErrNoOracle, err)
	}
	if err := syscall.Chroot(dir); err != nil {
		return errors.Join(ErrNoOracle, err)
	}
	return syscall.Chdir("/")
}

// become makes the calling thread, which enterRoot has locked, act as another user. These are the bare system calls: those of package
// syscall change all threads.
func become(uid, gid int) error {
	if err := os.Chown("/", uid, gid); err != nil {
		return errors.Join(ErrNoOracle, err)
	}
	for _, call := range []struct{ number, a, b, c uintptr }{
		{syscall.SYS_SETGROUPS, 0, 0, 0},
		{syscall.SYS_SETRESGID, uintptr(gid), uintptr(gid), uintptr(gid)},
		{syscall.SYS_SETRESUID, uintptr(uid), uintptr(uid), uintptr(uid)},
	} {
		if _, _, errno := syscall.RawSyscall(call.number, call.a, call.b, call.c); errno != 0 {
			return errors.Join(ErrNoOracle, errno)
		}
	}
	return nil
}
