// Package fusefs mounts a *tempfs.Fs, on Linux, so that any program can live on it. It is for tests: git, tar, rsync, sqlite3 and a compiler find out
// here what the library's own tests did not think of, and the kernel's own filesystem is the judge. A mount needs rights that a program seldom has;
// whoever wants a directory for other programs takes a disk and RealPath.
//
// The kernel asks for nodes and go-fuse gives each a path. What an open file is asked goes to its afero.File, so that one without a name stays as usable as it can be.
package fusefs
