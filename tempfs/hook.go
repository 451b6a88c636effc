package tempfs

import (
	"errors"
	"fmt"
	"syscall"
)

// Hook is asked before each operation of an Fs, see [WithHook]. An error that it returns stops the operation.
type Hook func(Op) error

// WithHook has h asked before each operation of the Fs and of its files; nil is the default, and costs nothing. The error of h stops the operation: it is
// the cause in the usual *fs.PathError or *os.LinkError, where [errors.Is] and [errors.As] find it. An errno is taken for the kernel's: one of
// ENOENT makes [ImplicitParents] look for parents. Package faults builds such hooks.
//
// Each method of the Fs and of a file asks once, but for those that are made of others: [Fs.MkdirAll] asks for each directory that is missing; Import and Export for all
// that they do; Readdir for each entry that it reads as well; a copy from or to a file, and a ReadAt that meets the end, for each part; a NamedFile that is closed for its removal as
// well; a [SpooledFile] that moves for the file that it moves to. [Fs.Clone], [Fs.Persist] and [PersistFile] are one operation, on every backend.
// What fails without a look at the tree is not asked for: a closed file, a negative offset.
//
// Release, Detach, the release of a Sub, [Keep] and [Sweep] ask nothing and cannot be stopped. A close that is stopped closes the file all the
// same, as close(2) does that fails with EIO.
//
// A [Fs.Sub] has the hook of its Fs, which then sees the names in the Sub. A [Fs.Clone] has it too, unless it is given another. What is done by a path of the host or a descriptor no
// hook can see: a file of an Fs with a hook has no descriptor (its SyscallConn is errors.ErrUnsupported), and [Fs.RealPath] is an operation.
//
// Any number of goroutines call h at once. It may call the Fs, which then asks it again: it is for h to come to an end. It may not use the SpooledFile that is about to
// move, nor close the NamedFile that is being closed; a release that it calls waits a second for the operation that it is called for.
func WithHook(h Hook) Option { return option(func(c *config) { c.hook = h }) }

// ShortWrite is the error of a [Hook] that lets the first N bytes of an [OpWrite] through and then stops it, as a disk does that becomes full. The caller of the
// write gets the number of bytes that were written, and Err; a nil Err makes it io.ErrShortWrite. For any other operation it is Err alone.
type ShortWrite struct {
	N   int
	Err error
}

// Error tells both.
func (s *ShortWrite) Error() string {
	if s.Err == nil {
		return fmt.Sprintf("short write of %d bytes", s.N)
	}
	return fmt.Sprintf("short write of %d bytes: %v", s.N, s.Err)
}

// Unwrap returns Err.
func (s *ShortWrite) Unwrap() error { return s.Err }

// decide is what the hook says about op. Of a write the first n bytes may be written, whatever err is.
func (h Hook) decide(op Op) (n int, err error) {
	err = h(op)
	if err == nil || err == syscall.Errno(0) { // of a function that has an errno for an error
		return op.Len, nil
	}
	var short *ShortWrite
	if errors.As(err, &short) {
		return max(min(short.N, op.Len), 0), short.Err
	}
	return 0, err
}

// ask is decide for what crosses the seam; zero is a yes.
func (h Hook) ask(op Op) syscall.Errno {
	_, err := h.decide(op)
	return refusals.errnoFor(err)
}

// check is decide for what does not cross the seam, by a hook that may be nil.
func (h Hook) check(op Op) error {
	if h == nil {
		return nil
	}
	_, err := h.decide(op)
	return err
}
