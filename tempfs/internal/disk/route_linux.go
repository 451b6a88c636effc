package disk

import (
	"strings"
	"syscall"
)

// route is a name cut up for the kernel: relative to the root directory, since an absolute path would begin at that of the host.
type route struct {
	name   string // as it was given
	path   string // "." for the root directory
	parent string // of path, up to the last component; "" for the root directory
	base   string // the last component and the separators after it
	plain  bool   // base is an ordinary name: nothing follows it, and it is neither "." nor ".."
}

func routeOf(name string) (r route, errno syscall.Errno) {
	if errno := checkName(name); errno != 0 {
		return route{}, errno
	}
	path := strings.TrimLeft(name, "/")
	if path == "" {
		return route{name: name, path: ".", base: "."}, 0
	}
	trimmed := strings.TrimRight(path, "/")
	last := strings.LastIndexByte(trimmed, '/') + 1
	r = route{name: name, path: path, parent: path[:last], base: path[last:]}
	r.plain = len(trimmed) == len(path) && r.base != "." && r.base != ".."
	return r, 0
}

// isRoot reports whether the name is the root directory's own: "." or none but separators.
func (r *route) isRoot() bool { return r.path == "." }

// isEntry reports whether the name is that of an entry of the root directory, which a system call takes without a lookup before.
func (r *route) isEntry() bool { return r.parent == "" && r.plain }

// climbs reports whether a component of path is "..".
func climbs(path string) bool {
	for rest := path; strings.Contains(rest, ".."); {
		var component string
		component, rest, _ = strings.Cut(rest, "/")
		if component == ".." {
			return true
		}
	}
	return false
}
