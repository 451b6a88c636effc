// Package memfallback is a filesystem in RAM that behaves as package os does on Linux, seen through a chroot: inodes,
// hard and symbolic links, modes that bind, open files that outlive their names, holes, appends that append.
//
// [New] makes one that is an [github.com/spf13/afero.Fs], for use alone. [NewTree] makes the same without the face of afero:
// its methods return [syscall.Errno], for a program that shapes its errors itself.
//
// # Names
//
// A name is parsed as the kernel parses it and never cleaned: "link/.." is the parent of what the link leads to, "missing/.." is
// missing, "file/" is not a directory. There is no working directory, so a relative name begins at the root. Neither ".."
// nor an absolute link leads out of the root. A component has at most 255 bytes, a name 4095, a walk passes 40 links.
//
// # Permissions
//
// They bind as they would bind the user of the process, whose user and group ids and umask are read once, when
// the tree is made: uid 0 passes everywhere, others where the mode lets them. So it is for a system
// without user ids (Windows, WASI), where all pass. [WithUser] and [WithUmask] say otherwise. Access lists,
// capabilities and the protected_* settings of Linux are not there.
//
// The root directory starts with mode 0700. Chmod of it is kept and shown, but its owner always passes it.
//
// # Times
//
// Writing sets the times of modification and change, of a file or of the directory that a name was made in or taken
// from. A rename, a link and an unlink set the time of change of the file as well. Reading sets nothing: the access time is that of
// creation until Chtimes, as on a filesystem mounted with noatime.
//
// Times are those of the system's clock, a step of which may be seen 10 ms late, or of [WithClock]; in a bubble of testing/synctest they are those
// of the bubble. They have nanoseconds and reach from 1678 to 2262, as those that package os can set.
//
// # Size
//
// Content is a slice up to 64 KiB and pages of that size then, which exist once they were written, so a hole costs nothing. A file has at
// most 16 TiB less 4 KiB, the bound of ext4. A file of 100 bytes takes 275 bytes in all.
//
// [SpillTo] keeps no more than a budget of content in memory, and the rest in a file on disk.
//
// # Speed
//
// A name is looked up without a lock, and a deep one as fast as a shallow one. Renaming a directory takes no time for what is in it. Nor does RemoveAll, if nothing
// in the tree is open, has another name, or could be forbidden to the user; otherwise it takes one step for each entry, and others wait.
// Changes of names, which are short, come one after the other. So do changes of one file's content; reads of it go side by side.
//
// [Tree.Clone] copies a tree in a few microseconds, or if it changed since it was last cloned in a fraction of one for each file. Content is shared until it is written to.
package memfallback
