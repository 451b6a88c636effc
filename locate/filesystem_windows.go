package locate

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

// inspect asks GetDiskFreeSpaceEx. Windows mounts nothing noexec.
func inspect(dir string) (facts, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return facts{}, &fs.PathError{Op: "GetDiskFreeSpaceEx", Path: dir, Err: err}
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return facts{}, &fs.PathError{Op: "GetDiskFreeSpaceEx", Path: dir, Err: err}
	}
	return facts{knowsFree: true, free: free}, nil
}
