package tempfs

// Values of whence beside those of package io, from unistd.h.
const (
	seekHole = 3
	seekData = 4
)
