// Package tempfs makes throw-away filesystems: an [afero.Fs] rooted in a freshly made temp directory, or
// in memory, that nothing can leave and that is gone when it is released. One in memory that may outgrow it spills to disk: [SpillOver].
//
//	fs, err := tempfs.New()
//	if err != nil {
//		return err
//	}
//	defer fs.Release()
//
// [New] searches the temp directory as Python's tempfile does (see package locate). [With] is the context
// manager, [Test] the fixture of a unit test, [Each] a test on every backend.
//
// # One behaviour
//
// The reference is package os on Linux, seen through a chroot: the root of the Fs is "/", relative and
// absolute names are the same, ".." at the root stays there, and symbolic links, absolute ones too, are
// resolved inside. Errors are *fs.PathError and *os.LinkError with the Op, the name as given and the errno
// that package os would give. It holds on disk, in memory and with [SpillOver] alike; without a disk permissions bind as they
// bind the user of the process.
//
// # Nothing leaves
//
// No name, link or rename reaches outside of the root, not even when somebody else changes the tree at the same
// time. No error, file name or FileInfo shows where on the host the tree is: [Fs.RealPath] and [Fs.Detach]
// tell, to those who ask.
//
// # Release
//
// [Fs.Release] closes what is open, deletes the whole tree and makes every later call of the Fs and of its
// files fail with [fs.ErrClosed]. It can be called any number of times.
//
// An Fs that was forgotten is released once it is garbage, see [OnLeak]. For the end of a process there are [ReleaseAll], [Exit] and
// [ReleaseOnSignal]. What a process leaves that was killed, [Sweep] deletes; [Test] sweeps first. [Keep] has the tree of a test that failed stay.
//
// # Concurrency
//
// Any number of goroutines may use an Fs and its files at the same time, beside Release too.
//
// # Beside it
//
// Package fixture has trees of files as values, for tests. Package unpack is for archives that nobody trusts, as [Untrusted] is for what is then done with the
// files. Package faults makes operations fail. Package aferotest tells whether a filesystem behaves as package os does. All but faults take any afero.Fs.
//
// [afero.Fs]: https://pkg.go.dev/github.com/spf13/afero#Fs
package tempfs
