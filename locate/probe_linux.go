package locate

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// openUnnamed uses O_TMPFILE, with O_EXCL so that the file can never get a name.
func openUnnamed(dir string) (probeFile, error) {
	f, err := os.OpenFile(dir, os.O_RDWR|os.O_EXCL|unix.O_TMPFILE, 0o600)
	if lacksUnnamed(err) {
		return nil, errors.ErrUnsupported
	}
	return f, err
}

// lacksUnnamed reports whether err may say that there is no O_TMPFILE. open(2) names the errors: EOPNOTSUPP of a filesystem, and of a
// kernel before 3.11 EISDIR, or ENOENT and EINVAL where part of the flag was taken for another. A directory that is
// missing is ENOENT too: the named file then says so.
func lacksUnnamed(err error) bool {
	for _, e := range []error{unix.EOPNOTSUPP, unix.EISDIR, unix.ENOENT, unix.EINVAL} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
