package disk

import (
	"os"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// mkdirPrivate makes a directory that only this user, the system and administrators get at, and so for all that is made in it, whatever
// the temp directory passes on: that of the system lets all users in. It is what CPython's os.mkdir does for mode 0o700 (CVE-2024-4030), but
// for the owner's name: an elevated process would give its directories to the administrators, and a sweeper asks who owns them.
func mkdirPrivate(path string) syscall.Errno {
	u, err := user()
	if err != nil {
		return errnoOf(err)
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return errnoOf(err)
	}
	attributes := windows.SecurityAttributes{SecurityDescriptor: u.private}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	return errnoOf(windows.CreateDirectory(name, &attributes))
}

// account is the user of this process.
type account struct {
	sid     *windows.SID
	private *windows.SECURITY_DESCRIPTOR // of mkdirPrivate
}

var user = sync.OnceValues(func() (account, error) {
	token, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return account{}, err
	}
	sid, err := token.User.Sid.Copy()
	if err != nil {
		return account{}, err
	}
	// D:P is a list that inherits nothing, OICI passes an entry on to files and directories, FA is all rights.
	owner := sid.String()
	private, err := windows.SecurityDescriptorFromString("O:" + owner + "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" + owner + ")")
	return account{sid, private}, err
})

// isOwn reports whether the user of this process owns the file of a handle with READ_CONTROL.
func isOwn(h windows.Handle) (bool, syscall.Errno) {
	u, err := user()
	if err != nil {
		return false, errnoOf(err)
	}
	descriptor, err := windows.GetSecurityInfo(h, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return false, errnoOf(err)
	}
	owner, _, err := descriptor.Owner()
	return err == nil && owner.Equals(u.sid), errnoOf(err)
}

// openByPath does not follow a link or mount point that path is.
func openByPath(path string, access, share uint32) (*os.File, syscall.Errno) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, errnoOf(err)
	}
	const flags = windows.FILE_FLAG_BACKUP_SEMANTICS | windows.FILE_FLAG_OPEN_REPARSE_POINT
	h, err := windows.CreateFile(name, access, share, nil, windows.OPEN_EXISTING, flags, 0)
	if err != nil {
		return nil, errnoOf(err)
	}
	return os.NewFile(uintptr(h), path), 0
}

// dispose deletes the file of a handle with DELETE and FILE_WRITE_ATTRIBUTES: its name at once, or when the last handle is closed where the
// filesystem or the system is too old for that.
func dispose(h windows.Handle) syscall.Errno {
	var now uint32 = windows.FILE_DISPOSITION_DELETE | windows.FILE_DISPOSITION_POSIX_SEMANTICS | windows.FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE
	err := windows.SetFileInformationByHandle(h, windows.FileDispositionInfoEx, (*byte)(unsafe.Pointer(&now)), uint32(unsafe.Sizeof(now)))
	switch errno := errnoOf(err); errno {
	case syscall.EINVAL, syscall.ENOTSUP, windows.ERROR_INVALID_FUNCTION:
	default:
		return errno
	}
	// No attributes but "normal": what is read-only cannot be deleted.
	basic := struct {
		times      [4]int64 // 0: as they are
		attributes uint32
	}{attributes: windows.FILE_ATTRIBUTE_NORMAL}
	_ = windows.SetFileInformationByHandle(h, windows.FileBasicInfo, (*byte)(unsafe.Pointer(&basic)), uint32(unsafe.Sizeof(basic)))
	onClose := true
	return errnoOf(windows.SetFileInformationByHandle(h, windows.FileDispositionInfo, (*byte)(unsafe.Pointer(&onClose)), 1))
}

// keptAttribute is the mark of a directory that is to stay: there is no sticky bit. It is one that all filesystems have. Windows itself lets it change
// nothing about a directory; "read-only" would be in the way of those who delete it, "hidden" of those who look for it, and programs for
// backups clear "archive".
const keptAttribute uint32 = windows.FILE_ATTRIBUTE_SYSTEM

// setMark gives the directory one of the two marks, and takes the other: what it has may be from its parent, or from somebody else.
func setMark(path string, mark uint32) syscall.Errno {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return errnoOf(err)
	}
	attributes, err := windows.GetFileAttributes(name)
	if err != nil {
		return errnoOf(err)
	}
	return errnoOf(windows.SetFileAttributes(name, attributes&^removableAttribute|mark))
}

// isLocal reports whether dir is on a disk of this machine.
func isLocal(dir string) bool {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return false
	}
	var volume [windows.MAX_LONG_PATH]uint16
	if windows.GetVolumePathName(name, &volume[0], uint32(len(volume))) != nil {
		return false
	}
	switch windows.GetDriveType(&volume[0]) {
	case windows.DRIVE_FIXED, windows.DRIVE_REMOVABLE, windows.DRIVE_RAMDISK:
		return true
	}
	return false
}
