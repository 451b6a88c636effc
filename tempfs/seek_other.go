//go:build !darwin

package tempfs

// Values of whence beside those of package io, as Linux, FreeBSD and Solaris have them in unistd.h. Memory knows them everywhere.
const (
	seekData = 3
	seekHole = 4
)
