package memfallback

// Values of whence for the Seek of a file beside those of package io, from unistd.h: the next data at or behind the offset, and the
// next hole, of which the end of the file is one. ENXIO: there is none. Files in memory know them on every system.
const (
	SeekHole = 3
	SeekData = 4
)
