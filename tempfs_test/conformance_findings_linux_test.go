package tempfs_test

// finding is a difference from package os that hurts, on the page with the case that shows it.
type finding struct {
	of, by         string // conformer and case
	does, expected string
}

var findings = []finding{
	{"MemMapFs", "names/three spellings are one file", "a file made as `a` is not there as `/a`", "both are the file"},
	{"MemMapFs", "append/two handles in turn", "O_APPEND looks for the end at open, not at each write: two writers overwrite each other", "each write goes to the end"},
	{"MemMapFs", "mkdir/missing parent", "Mkdir makes the parents that are missing", "ENOENT"},
	{"MemMapFs", "mkdirall/a file on the way", "MkdirAll makes a directory below a file", "ENOTDIR"},
	{"MemMapFs", "remove/a directory that is not empty", "Remove removes a directory with files in it", "ENOTEMPTY"},
	{"MemMapFs", "rename/a directory over one that is not empty", "Rename puts a directory over one with files in it", "EEXIST"},
	{"MemMapFs", "rename/a directory into itself", "a directory can be moved into itself", "EINVAL"},
	{"MemMapFs", "flags/rdonly and create", "a file opened with O_RDONLY\\|O_CREATE can be written", "EBADF"},
	{"MemMapFs", "readdir/removing what a page told", "to remove what a page of a listing has told, and to read on, panics", "each entry is told once"},
	{"MemMapFs", "read/ReadAt before the start", "ReadAt at a negative offset panics", "an error"},
	{"BasePathFs(OsFs)", "removeall/what is missing", "RemoveAll of the empty name removes the base directory", "nothing is removed"},
	{"BasePathFs(OsFs)", "remove/the root", "Remove of `/` removes the base directory, when it is empty", "EBUSY"},
	{"BasePathFs(OsFs)", "errors/paths are as given", "errors tell the path on the host", "the name as it was given"},
	{"BasePathFs(OsFs)", "symlink/keeps the target as it was given", "Symlink writes a target of its own, absolute on the host, and refuses `../a`", "the target as it was given"},
	{"BasePathFs(OsFs)", "resolve/dots after a link are of its target", "`link/../x` is the x beside the link", "the x beside its target"},
	{"BasePathFs(OsFs)", "resolve/dots after what is missing", "`missing/../a` is found", "ENOENT"},
	{"CopyOnWriteFs", "rename/a directory over one that is not empty", "in its layer, what MemMapFs does", "EEXIST"},
	{"CacheOnReadFs", "perm/create with a mode that is read-only", "O_EXCL fails on a name that is free", "the file is made"},
}
