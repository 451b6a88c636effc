package unpack

import (
	"strings"
)

// cleanName is the name of an entry without what means nothing: "." as a component, a slash twice or at the end. The root itself is "". A name that does not
// say plainly where it belongs is refused, even if the Fs would keep it inside: what was meant for elsewhere should not turn up here either.
func (l *Limits) cleanName(name string) (string, error) {
	if len(name) > l.Path {
		return "", refuse(ErrTooDeep, "it has %d bytes, and %d are allowed", len(name), l.Path)
	}
	if err := plain(name); err != nil {
		return "", err
	}
	clean, depth := name, 0
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "", ".":
			clean = ""
			continue
		case "..":
			return "", refuse(ErrUnsafePath, `it has ".." in it`)
		}
		depth++
		if len(part) > l.Name {
			return "", refuse(ErrTooDeep, "a component has %d bytes, and %d are allowed", len(part), l.Name)
		}
		if why := unusable(part); why != "" {
			return "", refuse(ErrUnsafePath, "%s", why)
		}
	}
	if depth > l.Depth {
		return "", refuse(ErrTooDeep, "it has %d components, and %d are allowed", depth, l.Depth)
	}
	if clean != "" {
		return clean, nil
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
	kept := parts[:0]
	for _, part := range parts {
		if part != "." {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "/"), nil
}

// plain refuses what means different things to different systems.
func plain(name string) error {
	switch {
	case name == "":
		return refuse(ErrUnsafePath, "it is empty")
	case name[0] == '/':
		return refuse(ErrUnsafePath, "it is absolute")
	case strings.IndexByte(name, '\\') >= 0:
		return refuse(ErrUnsafePath, "it has a backslash in it")
	case strings.IndexByte(name, 0) >= 0:
		return refuse(ErrUnsafePath, "it has a NUL in it")
	case len(name) > 1 && name[1] == ':' && isLetter(name[0]):
		return refuse(ErrUnsafePath, "it begins with a drive")
	}
	return nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
