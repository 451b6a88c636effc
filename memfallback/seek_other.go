//go:build !darwin

package memfallback

// Values of whence beside those of package io, as Linux, FreeBSD and Solaris have them in unistd.h.
const (
	seekData = 3
	seekHole = 4
)
