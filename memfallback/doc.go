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
// from. Reading sets nothing: the access time is that of creation until Chtimes, as on a filesystem
// mounted with noatime.
//
// # Size
//
// Content is kept in pages of 64 KiB that exist once they were written, so a hole costs nothing. A file has at
// most 16 TiB less 4 KiB, the bound of ext4.
package memfallback
