// Package aferotest tells whether an [afero.Fs] behaves as package os does on Linux.
//
// A case is a short script of steps: make this, open that, read ten bytes. A [Player] plays it on the filesystem under test and on an
// [Oracle], which is package os in a fresh directory that it sees as "/", and each step gives one line that says what came of it: the
// bytes, the infos, or the error with its type, its Op, its path and its errno. The lines must be the same. So no
// expectation is written by hand, and what a failure shows is what package os does instead.
//
//	func TestConformance(t *testing.T) {
//		aferotest.Test(t, aferotest.Suite{
//			New: func() (afero.Fs, error) { return myfs.New(), nil },
//		})
//	}
//
// [Suite.Run] does the same without a test and returns a [Report].
//
// # Abilities
//
// Links, hard links and the like are not part of afero.Fs. A case that needs one is left out, and counted as unsupported,
// when the filesystem lacks the method: [afero.Symlinker], Link(oldname, newname string) error, Truncate(name string, size
// int64) error, Lchown(name string, uid, gid int) error, and for files io.ReaderFrom, io.WriterTo and fs.ReadDirFile.
//
// # Recorded answers
//
// Where there is no Linux to ask, and for what an unprivileged process cannot ask, the answers are those that Linux gave when
// they were recorded, to root and to a user, with umask 022.
//
// [afero.Fs]: https://pkg.go.dev/github.com/spf13/afero#Fs
// [afero.Symlinker]: https://pkg.go.dev/github.com/spf13/afero#Symlinker
package aferotest
