package locate

import "golang.org/x/sys/windows"

// inspect asks GetDiskFreeSpaceEx, which minds the quota of the caller. Windows mounts nothing noexec.
func inspect(dir string) (facts, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return facts{}, err
	}
	var f facts
	err = windows.GetDiskFreeSpaceEx(name, &f.free, nil, nil)
	return f, err
}
