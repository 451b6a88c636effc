// Package property compares random sequences of operations on the disk backend, the memory backend and package os in a chroot. It is a module of its
// own: users of the library need not download what it is tested with.
package property
