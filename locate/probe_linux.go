package locate

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// openUnnamed uses O_TMPFILE, with O_EXCL so that the file can never get a name. open(2) names the errors of a filesystem without it: EOPNOTSUPP, and of a
// kernel before 3.11: EISDIR, or ENOENT and EINVAL where part of the flag was taken for another. A directory that
// is missing is ENOENT too: the named file then says so.
func openUnnamed(dir string) (probeFile, error) {
	f, err := os.OpenFile(dir, os.O_RDWR|os.O_EXCL|unix.O_TMPFILE, 0o600)
	for _, e := range []error{unix.EOPNOTSUPP, unix.EISDIR, unix.ENOENT, unix.EINVAL} {
		if errors.Is(err, e) {
			return nil, errors.ErrUnsupported
		}
	}
	return f, err
}
