package disk

import "os"

// guard is the os.Root that every operation of a tree goes through. On Linux it also takes paths through directories that may be
// searched and not read, which os.Root refuses.
type guard struct{ *os.Root }
