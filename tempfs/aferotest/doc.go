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
// [Suite.Run] does the same without a test and returns a [Report], of which [Markdown] makes a table.
//
// # What a filesystem cannot
//
// Links, hard links and the like are not part of afero.Fs. A case that needs one is not applicable when the filesystem lacks the
// method: [afero.Symlinker], Link(oldname, newname string) error, Truncate(name string, size int64) error, Lchown(name string,
// uid, gid int) error, and for files io.ReaderFrom, io.WriterTo and fs.ReadDirFile. What has a method that does nothing, [Suite.Without]
// says: each [Ability] takes its cases away, and what the others say of it is not compared. Reports count both, with the reason.
//
// # Cases that end the process
//
// "fatal error: concurrent map writes" cannot be recovered. So the cases of many goroutines run in processes of their own: the test
// binary again, which finds by its environment what it is wanted for. A fatal error and a data race then fail one case. Where no
// process can be started they run in this one, and the report says so.
//
// # Recorded answers
//
// Where there is no Linux to ask, and for what an unprivileged process cannot ask, the answers are those that Linux gave when
// they were recorded, to root and to a user, with umask 022.
//
// [afero.Fs]: https://pkg.go.dev/github.com/spf13/afero#Fs
// [afero.Symlinker]: https://pkg.go.dev/github.com/spf13/afero#Symlinker
package aferotest
