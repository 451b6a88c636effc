// Package disk keeps the files of an Fs in a directory of the host.
//
// An operation has the outcome that Linux gives a process in a chroot, and nothing leaves the directory. On Linux the kernel sees to that,
// see lookup_linux.go. Elsewhere, and where openat2(2) is missing, everything goes through an os.Root, see portable.go.
//
// Names and links are virtual: "/" is the root directory. Results are errnos, which cannot carry a host path.
package disk
