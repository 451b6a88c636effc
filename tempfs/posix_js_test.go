package tempfs

// hostIsPOSIX: under node the offset of a file that appends, and some errnos, are others.
const hostIsPOSIX = false
