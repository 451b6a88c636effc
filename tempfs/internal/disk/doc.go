// Package disk keeps the files of an Fs in a directory of the host.
//
// Each operation goes through an os.Root, which refuses whatever would leave the directory, and has the outcome that Linux
// gives a process in a chroot. os.Root alone does not: it refuses absolute links and ".." above the root, follows 8 links
// instead of 40 and keeps trailing slashes in its own way. So a plain name is handed to os.Root as it is,
// and what it does not accept is resolved here, component by component and again through the os.Root, to a path without
// links, on which the operation is tried once more.
//
// Names and links are virtual: "/" is the root directory. Results are errnos, which cannot carry a host path.
package disk
