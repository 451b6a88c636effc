package tempfs

import (
	"errors"
	"fmt"
	"io/fs"
)

// ErrNotDurable is the cause when [Durable] was asked for and all went well until the directory was to be written to the disk: what was
// persisted has its name, and may lose it, or have the old content again, when the system crashes.
var ErrNotDurable = errors.New("published, but the directory may not be on disk")

// PersistError is the error of [Fs.Persist] and [PersistFile].
type PersistError struct {
	Name      string // in the Fs, as it was given; of a file its Name
	HostPath  string // as it was given
	Step      string // what failed: look, open, scan, roll, chmod, sync, copy, publish, check, sync directory
	Err       error  // a *fs.PathError if it is about an entry below Name
	Published bool   // the new is there in spite of the failure; else the old is, and the source is whole
}

// Error is one line.
func (e *PersistError) Error() string {
	return fmt.Sprintf("persist %s to %s: %s: %v", e.Name, e.HostPath, e.Step, e.Err)
}

// Unwrap returns Err.
func (e *PersistError) Unwrap() error { return e.Err }

// The steps of a Persist, in their order. Some are left out, and sync is one for each file that is copied.
const (
	stepLook          = "look"
	stepOpen          = "open"
	stepRoll          = "roll"
	stepScan          = "scan"
	stepChmod         = "chmod"
	stepCopy          = "copy"
	stepSync          = "sync"
	stepPublish       = "publish"
	stepCheck         = "check"
	stepSyncDirectory = "sync directory"
	stepRemove        = "remove" // its failure is SourceLeft
)

var (
	errNotOurs     = fmt.Errorf("not a file of this package: %w", fs.ErrInvalid)
	errNotLinkable = fmt.Errorf("a file without a name that was not made with Linkable: %w", fs.ErrInvalid)
)
